/** A connection that breaks: said once when it does, and once when it is whole again. */
import { expect, it } from 'vitest'
import { readConnectionFacts } from '../../src/alerts/connection-facts.ts'
import { evaluateAlerts } from '../../src/alerts/evaluate.ts'
import { createTokenSource } from '../../src/connections/renew.ts'
import { connected, NOW_MS, xeroConfig } from '../connections/support.ts'
import { startTokenServer } from '../connections/token-server.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { watch } from './watched-book.ts'

describeOnSqlite('a lost connection', (fresh) => {
  it('is one alert however many renewals fail, and one message when somebody has connected again', async () => {
    const server = await startTokenServer()
    const database = await fresh()
    const { config, env, chat } = await watch(database, 'sourceStale: false, runLate: false')
    const [book] = config.books
    if (book === undefined) throw new Error('there is one book')
    const target = xeroConfig(server.url)
    const clock = { nowMs: () => NOW_MS }
    const environment = { database, clock, env, signal: new AbortController().signal, warn: () => undefined }
    const look = () => evaluateAlerts(environment, { ...config, books: [{ ...book, targets: [target] }] })
    const held = await connected(database, target, server)
    await look()
    server.faults.push({ kind: 'answer', status: 400, body: { error: 'invalid_grant' } })
    for (let times = 0; times < 3; times += 1) {
      await createTokenSource(held.options).current()
      await look()
    }
    expect(chat.heard()).toEqual(['CRITICAL: agency: books must be connected again'])
    await connected(database, target, server)
    await look()
    await look()
    expect(chat.heard().slice(1)).toEqual(['Resolved: agency: books must be connected again'])
  })

  it('says nothing of targets that are configured no more', async () => {
    const server = await startTokenServer()
    const database = await fresh()
    const target = xeroConfig(server.url)
    const { book } = await connected(database, target, server)
    const read = (name: string) => readConnectionFacts(database.kysely, book.id, [{ ...target, name }])
    expect((await read('books')).map(({ company }) => company)).toEqual(['Org'])
    expect(await read('other')).toEqual([])
  })
})
