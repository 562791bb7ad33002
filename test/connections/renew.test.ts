/** Renewing tokens against a real server: once for however many ask, stored before use, and nothing lost when it fails. */
import { describe, expect, it } from 'vitest'
import { readConnection, type Connection } from '../../src/connections/store.ts'
import type { Database } from '../../src/db/database.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { connected, newHttp, newVault, NOW_MS, targetConfig, TYPES, xeroConfig, type Connected } from './support.ts'
import { startTokenServer, type Fault } from './token-server.ts'

const HOUR_MS = 3_600_000

const rowOf = async ({ kysely }: Database, { book, config }: Connected): Promise<Connection> => {
  const row = await readConnection(kysely, { book: book.id, target: config.name })
  if (row === undefined) throw new Error('there is no connection')
  return row
}

describe.each(TYPES)('the token source of %s', (type) => {
  describeOnBothEngines('one at a time', (fresh) => {
    it('hands out a token that is good for a minute without asking anybody', async () => {
      const server = await startTokenServer()
      const held = await connected(await fresh(), targetConfig(type, server.url), server, 60_000)
      expect(await held.source().current()).toEqual({
        ok: true,
        accessToken: held.accessToken,
        companyId: 'company-1',
      })
      expect(server.asked).toHaveLength(0)
    })

    it('renews one that is not, and stores the new refresh token before anybody gets the access token', async () => {
      const server = await startTokenServer()
      const database = await fresh()
      const held = await connected(database, targetConfig(type, server.url), server, 59_999)
      const answer = await held.source().current()
      expect(answer).toMatchObject({ ok: true, companyId: 'company-1' })
      expect(answer.ok && answer.accessToken).not.toBe(held.accessToken)
      const row = await rowOf(database, held)
      const place = { book: held.book.id, target: 'books', field: 'refresh' } as const
      expect(held.vault.open(place, row.refresh_token ?? '')).toBe(server.newest())
      expect(row).toMatchObject({ version: 2n, refreshing_by: null, failures: 0n, renewed_at_ms: BigInt(NOW_MS) })
      expect(row.access_expires_at_ms).toBe(BigInt(NOW_MS + HOUR_MS / 2))
      expect(row.hard_expires_at_ms).toBe(BigInt(NOW_MS + 157_680_000_000))
    })

    it('asks once for many workers', async () => {
      const server = await startTokenServer()
      const database = await fresh()
      const held = await connected(database, targetConfig(type, server.url), server)
      const sources = [held.source(), held.source(), held.source()]
      server.faults.push({ kind: 'hang' })
      const answers = Promise.all(sources.flatMap((source) => [source.current(), source.current()]))
      await server.arrived(1)
      server.release()
      const tokens = new Set((await answers).map((answer) => (answer.ok ? answer.accessToken : answer.message)))
      expect([...tokens]).toEqual([expect.stringMatching(/^access-/)])
      expect(server.asked).toHaveLength(1)
    })

    it('renews once for a refused token, whoever was refused with it', async () => {
      const server = await startTokenServer()
      const held = await connected(await fresh(), targetConfig(type, server.url), server, HOUR_MS)
      const [one, two] = [held.source(), held.source()]
      const answers = await Promise.all([one, one, two, two].map((source) => source.renew(held.accessToken)))
      expect(new Set(answers.map((answer) => answer.ok && answer.accessToken)).size).toBe(1)
      expect(await one.renew(held.accessToken)).toEqual(answers[0])
      expect(server.asked).toHaveLength(1)
    })

    it('gives the token that is refused up for the next, without an end to the asking', async () => {
      const server = await startTokenServer()
      const held = await connected(await fresh(), targetConfig(type, server.url), server, HOUR_MS)
      const source = held.source()
      let refused = held.accessToken
      for (const count of [1, 2, 3]) {
        const answer = await source.renew(refused)
        expect(answer.ok && answer.accessToken).not.toBe(refused)
        refused = answer.ok ? answer.accessToken : ''
        expect(server.asked).toHaveLength(count)
      }
    })

    it('says who has to reconnect after invalid_grant, once, and asks no more', async () => {
      const server = await startTokenServer()
      const database = await fresh()
      const held = await connected(database, targetConfig(type, server.url), server)
      server.faults.push({ kind: 'answer', status: 400, body: { error: 'invalid_grant' } })
      const answer = await held.source().current()
      expect(answer).toMatchObject({ ok: false, reconnect: true })
      expect(answer.ok ? '' : answer.message).toMatch(/invalid_grant.*Run tieout connect books --book agency\.$/)
      expect(await held.source().current()).toEqual(answer)
      expect(await rowOf(database, held)).toMatchObject({ status: 'broken', failures: 1n, refreshing_by: null })
      expect(server.asked).toHaveLength(1)
    })

    const later: readonly (readonly [string, Fault, RegExp])[] = [
      ['a 503', { kind: 'answer', status: 503, body: 'down for maintenance' }, /HTTP 503/],
      ['a 500 that says invalid_grant', { kind: 'answer', status: 500, body: { error: 'invalid_grant' } }, /HTTP 500/],
      ['a web page', { kind: 'answer', status: 200, body: '<html>' }, /something else than a token/],
      ['another client secret', { kind: 'answer', status: 401, body: { error: 'invalid_client' } }, /clientSecret/],
    ]
    it.each(later)('keeps everything after %s and tries again', async (_what, fault, says) => {
      const server = await startTokenServer()
      const database = await fresh()
      const held = await connected(database, targetConfig(type, server.url), server)
      server.faults.push(fault)
      const answer = await held.source().current()
      expect(answer).toMatchObject({ ok: false, reconnect: false, message: expect.stringMatching(says) as string })
      expect(await rowOf(database, held)).toMatchObject({ status: 'connected', failures: 1n, version: 1n })
      expect(await held.source().current()).toMatchObject({ ok: true })
      expect(await rowOf(database, held)).toMatchObject({ failures: 0n, trouble: null, trouble_at_ms: null })
    })

    it('does not ask again before the vendor wants to be asked', async () => {
      const server = await startTokenServer()
      const held = await connected(await fresh(), targetConfig(type, server.url), server)
      server.faults.push({ kind: 'answer', status: 429, body: {}, retryAfter: '60' })
      expect(await held.source().current()).toMatchObject({ ok: false, reconnect: false })
      held.pass(59_000)
      expect(await held.source().current()).toMatchObject({ ok: false, reconnect: false })
      expect(server.asked).toHaveLength(1)
      held.pass(2000)
      expect(await held.source().current()).toMatchObject({ ok: true })
    })

    it('gives everybody who waited the failure of the one who asked', async () => {
      const server = await startTokenServer()
      const held = await connected(await fresh(), targetConfig(type, server.url), server)
      server.faults.push({ kind: 'hang' })
      const first = held.source().current()
      await server.arrived(1)
      const waits = Promise.withResolvers<void>()
      const sleep = async (): Promise<void> => {
        waits.resolve()
        await first
      }
      const second = held.source({ sleep }).current()
      await waits.promise
      server.release(503)
      expect(await second).toEqual(await first)
      expect(await first).toMatchObject({ ok: false, reconnect: false })
      expect(server.asked).toHaveLength(1)
    })

    it('renews with the old token when the answer was lost', async () => {
      const server = await startTokenServer()
      server.keepsOld = true
      const held = await connected(await fresh(), targetConfig(type, server.url), server)
      server.faults.push({ kind: 'lost' })
      expect(await held.source().current()).toMatchObject({ ok: false, reconnect: false })
      expect(await held.source().current()).toMatchObject({ ok: true })
      const [first, then] = server.asked.map((form) => form.get('refresh_token'))
      expect(then).toBe(first)
    })

    it('gives up on a server that never answers, and asks again later', async () => {
      const server = await startTokenServer()
      const held = await connected(await fresh(), targetConfig(type, server.url), server)
      server.faults.push({ kind: 'hang' })
      const impatient = held.source({ timeoutMs: 100, http: newHttp(100) })
      expect(await impatient.current()).toMatchObject({ ok: false, reconnect: false })
      expect(await held.source().current()).toMatchObject({ ok: true })
    })

    it('leaves a renewal to the machine that claimed it, and takes it over when its time is over', async () => {
      const server = await startTokenServer()
      const database = await fresh()
      const held = await connected(database, targetConfig(type, server.url), server)
      const claim = (refreshing_by: string) =>
        database.kysely
          .updateTable('connection')
          .set({ refreshing_by, refreshing_until_ms: BigInt(NOW_MS + 45_000) })
          .execute()
      await claim('another-machine/1/x')
      expect(await held.source().current()).toMatchObject({ ok: false, reconnect: false })
      expect(server.asked).toHaveLength(0)
      held.pass(45_000)
      expect(await held.source().current()).toMatchObject({ ok: true })
    })

    it('keeps tokens that came after its claim was taken over, unless newer ones are there', async () => {
      const server = await startTokenServer()
      const database = await fresh()
      const held = await connected(database, targetConfig(type, server.url), server)
      server.faults.push({ kind: 'hang' }, { kind: 'answer', status: 400, body: { error: 'invalid_grant' } })
      const slow = held.source().current()
      await server.arrived(1)
      held.pass(HOUR_MS)
      expect(await held.source().current()).toMatchObject({ ok: false, reconnect: true })
      server.release()
      await slow
      expect(await rowOf(database, held)).toMatchObject({ status: 'connected', version: 2n })
    })

    it('names the wrong key, and asks nobody', async () => {
      const server = await startTokenServer()
      const held = await connected(await fresh(), targetConfig(type, server.url), server)
      await expect(held.source({ vault: newVault() }).current()).rejects.toThrow(/encrypted with another key/)
      expect(server.asked).toHaveLength(0)
    })
  })
})

describeOnSqlite('a custom connection of Xero', (fresh) => {
  it('renews with the client alone and names no organisation', async () => {
    const server = await startTokenServer()
    const database = await fresh()
    const config = xeroConfig(server.url, { grant: 'client-credentials' })
    const held = await connected(database, config, server)
    await database.kysely.updateTable('connection').set({ refresh_token: null }).execute()
    expect(await held.source().current()).toMatchObject({ ok: true, companyId: '' })
    expect(server.asked[0]?.get('grant_type')).toBe('client_credentials')
  })
})
