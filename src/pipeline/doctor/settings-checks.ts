/** Checks of what a person wrote: secrets that are there and kept close, addresses, mappings, channels for alerts. */
import { statSync } from 'node:fs'
import { approvalMapping } from '../../config/approval-mapping.ts'
import { everySecret } from '../../config/every-secret.ts'
import { loadMappings } from '../../config/mappings.ts'
import type { BookConfig } from '../../config/model.ts'
import { readSecretText } from '../../config/secrets.ts'
import { unmappedAccounts } from '../../domain/accounts.ts'
import { TieoutError } from '../../domain/errors.ts'
import { DECIDED_KINDS, SOURCE_PLACEHOLDER, type PostingRules } from '../../domain/posting-rules.ts'
import { fail, ok, warn, type Finding, type Patient } from './check.ts'

const LOCAL_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]']
/** Read or write for anybody but the owner. */
const OTHERS = 0o077
/** Where systemd and containers put secrets; who may read them there is theirs to decide. */
const HANDED_IN: readonly string[] = ['/run/secrets/', '/run/credentials/']

export function checkSecrets({ config, env }: Patient): readonly Finding[] {
  return everySecret(config).map(([about, reference]) => {
    try {
      readSecretText(reference, env)
    } catch (error) {
      return error instanceof TieoutError ? fail(about, error.message, error.hint) : fail(about, String(error), '')
    }
    if (reference.from === 'env') return ok(about, `the variable ${reference.name} is set`)
    const isOurs = !HANDED_IN.some((folder) => reference.path.startsWith(folder))
    const { mode } = statSync(reference.path)
    return !isOurs || (mode & OTHERS) === 0
      ? ok(about, `the file ${reference.path} can be read`)
      : warn(about, `the file ${reference.path} can be read by other users.`, `Run chmod 600 ${reference.path}.`)
  })
}

export function checkAddresses({ config }: Patient): readonly Finding[] {
  return config.books.flatMap((book) =>
    book.sources.map(({ name, baseUrl }) => {
      const { protocol, hostname } = new URL(baseUrl)
      return protocol === 'https:' || LOCAL_HOSTS.includes(hostname)
        ? ok(`${book.name}/${name}`, `asked at ${baseUrl}`)
        : warn(`${book.name}/${name}`, `is asked over plain http: its API key can be read on the way.`, 'Use https.')
    }),
  )
}

/** The mapping files themselves, and whether every account a book can use has a place in each of its targets. */
export async function checkMappings({ config, database }: Patient): Promise<readonly Finding[]> {
  let mappings: ReturnType<typeof loadMappings>
  try {
    mappings = loadMappings(config.mappings)
  } catch (error) {
    if (error instanceof TieoutError) return [fail('', error.message, error.hint)]
    throw error
  }
  const findings: Finding[] = []
  for (const book of config.books) {
    const used = database === null ? [] : await accountsInUse(database, book.name)
    const accounts = [...new Set([...used, ...accountsOfRules(mappings.rules, book)])].sort()
    const mapping = approvalMapping(book, mappings)
    const missing = unmappedAccounts(mapping, accounts)
    findings.push(
      missing.length === 0
        ? ok(book.name, `all ${accounts.length} accounts have a place in every target`)
        : warn(
            book.name,
            `${missing.join(', ')} ${missing.length === 1 ? 'has' : 'have'} no place in ${mapping.file}; journals with ${missing.length === 1 ? 'it' : 'them'} are held.`,
            'Add them to that file; the key "mappings" names the folder of your own.',
          ),
    )
  }
  return findings
}

async function accountsInUse(database: NonNullable<Patient['database']>, book: string): Promise<readonly string[]> {
  const rows = await database.kysely
    .selectFrom('account')
    .innerJoin('book', 'book.id', 'account.book')
    .select('account.key')
    .where('book.name', '=', book)
    .execute()
  return rows.map(({ key }) => key)
}

function accountsOfRules(rules: PostingRules, { sources, recognition }: BookConfig): readonly string[] {
  return sources.flatMap((source) => {
    const { always, byRecognition } = rules.bySourceKind[source.type === 'panel' ? 'panel' : source.role]
    const ofSource = [
      ...[...always].flatMap(([kind, rule]) => (DECIDED_KINDS.has(kind) ? [] : [rule])),
      ...byRecognition[recognition].values(),
    ]
    return ofSource.flatMap(({ debit, credit }) =>
      [debit, credit].map((account) => account.replaceAll(SOURCE_PLACEHOLDER, source.name)),
    )
  })
}

/** Whether anybody would be told. What the channels themselves say is in the database. */
export async function checkAlerts({ config, database }: Patient): Promise<readonly Finding[]> {
  const { alerts } = config
  if (alerts === undefined || alerts.channels.length === 0) {
    const next = 'Add a channel under alerts; docs/alerts.md shows how.'
    return [warn('', 'nobody is told when a night fails or a wallet runs dry.', next)]
  }
  const states = database === null ? [] : await database.kysely.selectFrom('alert_channel').selectAll().execute()
  return alerts.channels.map(({ name, type }) => {
    const state = states.find((each) => each.name === name)
    return state === undefined || state.failures === 0n
      ? ok(name, `${type}; tieout alerts test ${name} sends a message`)
      : warn(
          name,
          state.last_error ?? 'the last message could not be delivered.',
          `Then run tieout alerts test ${name}.`,
        )
  })
}
