/**
 * Ends a connection: at the vendor first, while there still are tokens to do it with, then here, whatever the vendor said.
 * A consent of Xero's that serves other organisations too is not revoked: that would disconnect them all.
 */
import { TieoutError } from '../domain/errors.ts'
import { deleteXeroConnection, xeroCompanies } from './companies.ts'
import { createOAuth } from './oauth.ts'
import { createTokenSource, type TokenSourceOptions } from './renew.ts'
import { forgetTokens, landConnection, readConnection, type Connection } from './store.ts'

export type Disconnected =
  | { readonly kind: 'never' }
  /** Sentences about what the vendor did. `isRevoked` is false when somebody should look there. */
  | { readonly kind: 'done'; readonly isRevoked: boolean; readonly says: string }

export async function disconnectTarget(options: TokenSourceOptions, by: string): Promise<Disconnected> {
  const { kysely, book, config, nowMs } = options
  const key = { book: book.id, target: config.name }
  const seen = await readConnection(kysely, key)
  if (seen === undefined || seen.status === 'disconnected') return { kind: 'never' }
  const outcome = await atVendor(options, seen)
  const { type, company_id: companyId, company_name: companyName } = seen
  await kysely.transaction().execute(async (trx) => {
    await forgetTokens(trx, key)
    const said = { target: config.name, type, to: 'disconnected', companyId, companyName, by } as const
    await landConnection(trx, book.id, said, nowMs())
  })
  return { kind: 'done', ...outcome }
}

type Outcome = Omit<Extract<Disconnected, { readonly kind: 'done' }>, 'kind'>

/** What cannot be read here any more cannot be revoked, and must not keep the row from being cleared. */
async function atVendor(options: TokenSourceOptions, seen: Connection): Promise<Outcome> {
  if (seen.type !== options.config.type) {
    return { isRevoked: false, says: `The tokens were those of ${seen.type}, and the target is another vendor's now.` }
  }
  try {
    return options.config.type === 'quickbooks' ? await revoke(options, seen) : await atXero(options, seen)
  } catch (error) {
    if (error instanceof TieoutError) return { isRevoked: false, says: error.message }
    throw error
  }
}

async function atXero(options: TokenSourceOptions, seen: Connection): Promise<Outcome> {
  const { config, http } = options
  if (config.type !== 'xero' || config.grant === 'client-credentials') return revoke(options, seen)
  const token = await createTokenSource(options).current()
  if (!token.ok) return { isRevoked: false, says: token.message }
  const ask = { http, accessToken: token.accessToken }
  const trouble = await deleteXeroConnection(config, seen.vendor_connection, ask)
  if (trouble !== null) return { isRevoked: false, says: trouble }
  const left = await xeroCompanies(config, ask)
  if (left.length > 0) {
    const names = left.map(({ id, name }) => (name === '' ? id : name)).join(', ')
    return {
      isRevoked: true,
      says: `Xero disconnected the organisation. The consent also serves ${names}, so it stays.`,
    }
  }
  const now = (await readConnection(options.kysely, { book: seen.book, target: seen.target })) ?? seen
  return revoke(options, now)
}

/** By the refresh token, which takes the access token with it. */
async function revoke(options: TokenSourceOptions, seen: Connection): Promise<Outcome> {
  const { vault, config } = options
  const field = seen.refresh_token === null ? 'access' : 'refresh'
  const sealed = seen.refresh_token ?? seen.access_token
  if (sealed === null) return { isRevoked: true, says: 'There was no token to revoke.' }
  const token = vault.open({ book: seen.book, target: seen.target, field }, sealed)
  const trouble = await createOAuth(config, options).revoke(token)
  return trouble === null
    ? { isRevoked: true, says: 'The vendor revoked the access.' }
    : { isRevoked: false, says: trouble }
}
