/** The daemon's watch: one look at a time, and trouble of its own goes to the log and nowhere else. */
import { expect, it } from 'vitest'
import { startWatch } from '../../src/cli/serve/watch.ts'
import { createLog } from '../../src/web/log.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { START_MS, watch } from './watched-book.ts'

describeOnSqlite("the daemon's watch", (fresh) => {
  it('looks at each wake, one look at a time, and logs what was said', async () => {
    const database = await fresh()
    const book = await watch(database)
    await book.wallet(99)
    const { log, lines } = logOf()
    const { env, config, chat } = book
    const watching = startWatch(
      { config, database, log, nowMs: () => START_MS },
      { env, signal: new AbortController().signal },
    )
    for (let times = 0; times < 5; times += 1) watching.wake()
    await watching.idle()
    watching.wake()
    await watching.idle()
    expect(chat.heard()).toEqual(['Warning: agency: the wallet of panel is low'])
    expect(lines().map(({ msg }) => msg)).toEqual(['alert: agency: the wallet of panel is low'])
  })

  it('logs why it could not look, and looks again at the next wake', async () => {
    const database = await fresh()
    const { env, config } = await watch(database)
    const { log, lines } = logOf()
    await database.kysely.schema.dropTable('counter_reading').execute()
    await database.kysely.schema.dropTable('wallet_reading').execute()
    const watching = startWatch(
      { config, database, log, nowMs: () => START_MS },
      { env, signal: new AbortController().signal },
    )
    for (let times = 0; times < 2; times += 1) {
      watching.wake()
      await watching.idle()
    }
    expect(lines().map(({ level, msg }) => `${level}: ${msg}`)).toEqual(
      Array.from({ length: 2 }, () => 'error: the books could not be looked at for alerts'),
    )
  })

  it('does nothing once it is stopped, or in a rehearsal', async () => {
    const database = await fresh()
    const { env, config, wallet, chat } = await watch(database)
    await wallet(99)
    const { log, lines } = logOf()
    const parts = { database, log, nowMs: () => START_MS }
    const sandbox = { seed: 1, start: '2026-03-01', nights: 1, ordersPerDay: 1 }
    const stopped = startWatch({ ...parts, config }, { env, signal: AbortSignal.abort() })
    const rehearsing = startWatch(
      { ...parts, config: { ...config, sandbox } },
      { env, signal: new AbortController().signal },
    )
    for (const each of [stopped, rehearsing]) {
      each.wake()
      await each.idle()
    }
    expect([chat.asked(), lines()]).toEqual([0, []])
  })
})

function logOf() {
  const written: string[] = []
  const log = createLog({ write: (line) => void written.push(line), secrets: [], nowMs: () => START_MS })
  const lines = () => written.map((line) => JSON.parse(line) as { readonly level: string; readonly msg: string })
  return { log, lines }
}
