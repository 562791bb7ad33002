/** What raw SQL cannot make of a connection: one that has no token to ask with, or tokens that a person has ended. */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { connected, targetConfig } from './support.ts'
import { startTokenServer } from './token-server.ts'

const REFUSED = [
  ['is connected without a token', `access_token = null`],
  ['was ended and keeps its access token', `status = 'disconnected', refresh_token = null`],
  ['was ended and keeps its refresh token', `status = 'disconnected', access_token = null`],
] as const

const TAKEN = [
  ['was ended and has no token left', `status = 'disconnected', access_token = null, refresh_token = null`],
  ['wants consent anew and keeps what it had', `status = 'broken'`],
  ['cannot be renewed, as Xero gives no refresh token without being asked', `refresh_token = null`],
] as const

describeOnBothEngines('a connection', (fresh) => {
  it.each(REFUSED)('never %s', async (_name, change) => {
    const server = await startTokenServer()
    const database = await fresh()
    await connected(database, targetConfig('xero', server.url), server)
    await expect(sql.raw(`update connection set ${change}`).execute(database.kysely)).rejects.toThrow(/check/i)
  })

  it.each(TAKEN)('may be one that %s', async (_name, change) => {
    const server = await startTokenServer()
    const database = await fresh()
    await connected(database, targetConfig('xero', server.url), server)
    const { numAffectedRows } = await sql.raw(`update connection set ${change}`).execute(database.kysely)
    expect(numAffectedRows).toBe(1n)
  })
})
