/** Several processes that need a new token at the same moment, and one that is killed while it waits for its answer. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { TargetConfig } from '../../src/config/target-model.ts'
import { describeEmptyOnBothEngines } from '../support/both-engines.ts'
import { opened } from '../support/databases.ts'
import { connected, ENV, newVault, NOW_MS, targetConfig, TYPES } from './support.ts'
import { startTokenServer } from './token-server.ts'

const from = (path: string): string => JSON.stringify(join(import.meta.dirname, '../../src', path))

interface Job {
  readonly url: string
  readonly key: string
  readonly book: string
  readonly config: TargetConfig
}

/** Prints the answer of one token source as JSON. */
function program({ url, key, book, config }: Job): string {
  return `
    import { setTimeout as later } from 'node:timers/promises'
    import { createTokenSource } from ${from('connections/renew.ts')}
    import { vaultOf } from ${from('connections/vault.ts')}
    import { openDatabase } from ${from('db/database.ts')}
    import { createRunHttpClient } from ${from('pipeline/plan.ts')}
    const env = ${JSON.stringify({ ...ENV, KEY: key })}
    const { kysely, close } = await openDatabase(${JSON.stringify(url)})
    const nowMs = () => ${NOW_MS}
    const http = createRunHttpClient({ timeoutMs: 20000, retries: 0 }, { nowMs })
    const source = createTokenSource({
      kysely, http, env, nowMs, timeoutMs: 20000, config: ${JSON.stringify(config)},
      book: { id: ${book}n, name: 'agency' }, vault: vaultOf({ from: 'env', name: 'KEY', where: 'tokenKey' }, env),
      sleep: (ms) => later(ms / 10), signal: new AbortController().signal,
    })
    console.log(JSON.stringify(await source.current()))
    await http.close()
    await close()`
}

interface Child {
  readonly said: Promise<string>
  readonly kill: () => Promise<void>
}

function start(job: Job): Child {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program(job)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  child.stdout.on('data', (data: Buffer) => (output += data.toString()))
  const closed = once(child, 'close')
  return {
    said: closed.then(() => output.trim()),
    kill: async () => {
      child.kill('SIGKILL')
      await closed
    },
  }
}

describeEmptyOnBothEngines('processes that renew a token', (freshUrl) => {
  const setUp = async (type: TargetConfig['type']) => {
    const server = await startTokenServer()
    const url = await freshUrl()
    const config = targetConfig(type, server.url)
    const key = randomBytes(32).toString('base64')
    const held = await connected(await opened(url), config, server, 0, newVault(key))
    return { server, job: { url, key, config, book: String(held.book.id) } }
  }

  it.each(TYPES)('ask %s once and all get the same token', async (type) => {
    const { server, job } = await setUp(type)
    server.faults.push({ kind: 'hang' })
    const children = [start(job), start(job), start(job)]
    await server.arrived(1)
    server.release()
    const said = await Promise.all(children.map((child) => child.said))
    expect(new Set(said).size).toBe(1)
    expect(JSON.parse(said[0] ?? '')).toMatchObject({ ok: true })
    expect(server.asked).toHaveLength(1)
  })

  it.each(TYPES)('take over at once from one that was killed before %s answered', async (type) => {
    const { server, job } = await setUp(type)
    server.faults.push({ kind: 'hang' })
    const killed = start(job)
    await server.arrived(1)
    await killed.kill()
    expect(JSON.parse(await start(job).said)).toMatchObject({ ok: true })
    expect(server.asked).toHaveLength(2)
  })
})
