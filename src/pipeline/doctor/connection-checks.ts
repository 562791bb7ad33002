/** Checks of the accounting systems: where the browser comes back to, a key that opens the tokens, and consent that lasts. */
import type { TargetConfig } from '../../config/target-model.ts'
import { targetConnections, type TargetConnection } from '../../connections/health.ts'
import { isLocalRedirect } from '../../connections/redirect.ts'
import { openVault, type Vault } from '../../connections/vault.ts'
import { TieoutError } from '../../domain/errors.ts'
import { listBooks } from '../../ledger/books.ts'
import { fail, ok, warn, type Finding, type Patient } from './check.ts'

/** Credentials are among the secrets, which have a check of their own. */
export async function checkConnections({ config, env, database, nowMs }: Patient): Promise<readonly Finding[]> {
  if (config.books.every(({ targets }) => targets.length === 0)) {
    return [ok('', 'no accounting system is configured; journals are handed out as files')]
  }
  const findings: Finding[] = []
  const vault = tryVault(() => openVault(config, env))
  if ('verdict' in vault) findings.push(vault)
  const known = database === null ? [] : await listBooks(database.kysely)
  for (const book of config.books) {
    const id = known.find(({ name }) => name === book.name)?.id
    const found =
      database === null || id === undefined
        ? book.targets.map((target) => ({ config: target, connection: null, health: null }))
        : await targetConnections(database.kysely, id, book.targets, nowMs)
    for (const each of found) {
      findings.push(...redirectFindings(book.name, each.config))
      findings.push(consentFinding(book.name, each, 'verdict' in vault ? null : vault))
    }
  }
  return findings
}

function tryVault(open: () => Vault): Vault | Finding {
  try {
    return open()
  } catch (error) {
    if (error instanceof TieoutError) return fail('token key', error.message, error.hint)
    throw error
  }
}

function redirectFindings(book: string, config: TargetConfig): readonly Finding[] {
  const { name, redirectUri } = config
  if (config.type === 'xero' && config.grant === 'client-credentials') return []
  const about = `${book}/${name}`
  const { hostname } = new URL(redirectUri)
  if (config.type === 'xero' && hostname !== 'localhost' && isLocalRedirect(redirectUri)) {
    return [warn(about, `redirectUri names ${hostname}, which Xero does not take.`, 'Write http://localhost instead.')]
  }
  if (!isLocalRedirect(redirectUri) && !redirectUri.startsWith('https:')) {
    const says = `redirectUri goes to another machine over plain http: a code can be read on the way.`
    return [warn(about, says, 'Use https, or http://localhost.')]
  }
  return []
}

function consentFinding(book: string, { config, connection, health }: TargetConnection, vault: Vault | null): Finding {
  const about = `${book}/${config.name}`
  const connect = `Run tieout connect ${config.name} --book ${book}.`
  if (connection === null || health === null) return warn(about, 'is not connected.', connect)
  if (health.state === 'off') return warn(about, 'is disconnected.', connect)
  if (health.state === 'lost') return fail(about, health.why, connect)
  if (health.state === 'failing') {
    const next = 'Correct what it names; it is tried again with every delivery, and nothing is lost.'
    return fail(about, `no token has come for more than a day. ${health.why}`, next)
  }
  const wrong = vault === null ? null : unopened(connection, vault)
  if (wrong !== null) return wrong
  if (health.state === 'ends-soon') {
    const until = new Date(health.endsAtMs).toISOString().slice(0, 10)
    return warn(
      about,
      `consent ends on ${until}${health.isHard ? ', whatever is done' : ' unless it is used'}.`,
      connect,
    )
  }
  if (connection.trouble !== null) {
    return warn(about, connection.trouble, 'It is tried again with the next delivery; nothing is lost.')
  }
  return ok(about, `connected to ${connection.company_name === '' ? connection.company_id : connection.company_name}`)
}

function unopened(connection: NonNullable<TargetConnection['connection']>, vault: Vault): Finding | null {
  const { book, target, access_token } = connection
  try {
    if (access_token !== null) vault.open({ book, target, field: 'access' }, access_token)
    return null
  } catch (error) {
    if (error instanceof TieoutError) return fail(target, error.message, error.hint)
    throw error
  }
}
