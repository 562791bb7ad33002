/**
 * Whether entries of another book stand under a book's numbers in the companies it delivers into. Asked with the access
 * token that is stored, while it is good: the doctor renews nothing.
 */
import { machine } from '../../machine/machine.ts'
import { statedPrefixes } from '../../config/model.ts'
import { companyText } from '../../connections/choose-company.ts'
import { targetConnections, type TargetConnection } from '../../connections/health.ts'
import { openVault } from '../../connections/vault.ts'
import { TieoutError } from '../../domain/errors.ts'
import { lastingIdOf } from '../../ledger/book-identity.ts'
import { listBooks } from '../../ledger/books.ts'
import { othersText } from '../../targets/others-entries.ts'
import { takenOverIds } from '../../targets/outbox/words.ts'
import { othersInCompany } from '../delivery/others-in-company.ts'
import { createCommandHttpClient } from '../plan.ts'
import { ok, fail, warn, type Finding, type Patient } from './check.ts'

export async function checkCompanies(patient: Patient): Promise<readonly Finding[]> {
  const { config, database, nowMs } = patient
  if (database === null) return []
  const known = await listBooks(database.kysely)
  const findings: Finding[] = []
  for (const book of config.books) {
    const id = known.find(({ name }) => name === book.name)?.id
    if (id === undefined) continue
    const lastingId = await lastingIdOf(database.kysely, id)
    const documentPrefix = statedPrefixes(config).get(book.name) ?? lastingId
    for (const each of await targetConnections(database.kysely, id, book.targets, nowMs)) {
      const taken = await takenOverIds(database.kysely, { book: id, target: each.config.name })
      const ownIds = new Set([lastingId, ...taken])
      findings.push(...(await look(patient, each, { book: book.name, ownIds, documentPrefix })))
    }
  }
  return findings.length > 0 ? findings : [ok('', 'no accounting system is connected')]
}

interface Numbers {
  readonly book: string
  /** Its own, and those that were taken over. */
  readonly ownIds: ReadonlySet<string>
  readonly documentPrefix: string
}

async function look(
  { config: all, env, signal }: Patient,
  { config, connection }: TargetConnection,
  { book, ownIds, documentPrefix }: Numbers,
): Promise<readonly Finding[]> {
  // What is not connected has a check of its own, and so has a key that opens nothing.
  if (connection === null || connection.access_token === null || connection.status === 'disconnected') return []
  const about = `${book}/${config.name}`
  if (Number(connection.access_expires_at_ms) <= machine().nowMs())
    return [ok(about, 'not looked into: its access token has run out, and tieout deliver renews it')]
  const { target, company_id: companyId, access_token: sealed } = connection
  const http = createCommandHttpClient(all.http, { nowMs: machine().nowMs })
  try {
    const accessToken = openVault(all, env).open({ book: connection.book, target, field: 'access' }, sealed)
    const what = { http, config, label: about, companyId, accessToken, documentPrefix, ownIds, signal }
    const others = await othersInCompany(what)
    if (others.kind !== 'ok') return [warn(about, others.message, 'Run tieout doctor again later.')]
    const company = companyText({ id: companyId, name: connection.company_name })
    if (others.value.length === 0) return [ok(about, `no other book has numbers of ${documentPrefix} in ${company}`)]
    const says = `${company} holds ${othersText(others.value)}: two books number their journals with ${documentPrefix}.`
    const [{ lastingId } = { lastingId: 'ID' }] = others.value
    const next = `When ${lastingId} is this book, from a database that was lost: tieout targets take-over ${lastingId} --target ${config.name} --why WHY. When it is another book, state another documentPrefix for ${book}.`
    return [fail(about, says, next)]
  } catch (error) {
    if (error instanceof TieoutError) return []
    throw error
  } finally {
    await http.close()
  }
}
