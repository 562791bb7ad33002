/**
 * `tieout config check`: reads the configuration and the mappings as every other command does and prints what was
 * understood. It does not need the secrets, but says which are not there yet.
 */
import { loadMappings, targetMapping } from '../../config/mappings.ts'
import type { BookConfig, Config, DatabaseSetting, SecretReference, SourceConfig } from '../../config/model.ts'
import { bookRates } from '../../config/rates-file.ts'
import { readSecretText, type Environment } from '../../config/secrets.ts'
import { handle, type Registry, type Session } from '../session.ts'

export function registerConfig(registry: Registry): void {
  const config = registry.program.command('config').description('the configuration')
  const check = config.command('check').description('check the configuration and print what it says')
  handle(registry, check, async (session) => {
    const checked = session.config()
    const mappings = loadMappings(checked.mappings)
    const { chart, rules, quickbooks, xero } = mappings
    for (const book of checked.books) {
      bookRates(book)
      for (const target of book.targets) targetMapping(mappings, target)
    }
    const warnings = warningsOf(checked, session.io.env)
    const document = {
      file: checked.file,
      database: databaseText(checked.database),
      mappings: [chart, quickbooks, xero, rules].map(({ file }) => file),
      http: checked.http,
      alerts: checked.alerts?.channels.map(({ name, type, severity }) => ({ name, type, severity })) ?? null,
      books: checked.books,
      warnings,
    }
    session.show(document, () => [
      `${checked.file} is right.`,
      `Database: ${document.database}`,
      `Mappings: ${checked.mappings ?? "the package's own"}`,
      `Alerts: ${alertsText(checked.alerts)}`,
      ...checked.books.flatMap((book) => bookLines(session, book)),
      ...warnings.map((warning) => `Warning: ${warning}`),
    ])
    return 'ok'
  })
}

function bookLines(session: Session, book: BookConfig): readonly string[] {
  const exported =
    book.export === undefined ? 'no files' : `${book.export.formats.join(', ')} to ${book.export.directory}`
  const columns = ['Source', 'Type', 'Currency', 'Day in', 'Requests/min', 'Base URL', 'Key from']
  return [
    '',
    `Book ${book.name}: ${book.currency}, accounting day in ${book.timeZone}, recognition by ${book.recognition}, ` +
      `journals: ${book.journals.approval}, after a sync: ${exported}`,
    ...session.table(
      columns.map((title) => ({ title, align: title === 'Requests/min' ? 'right' : 'left' })),
      book.sources.map((source) => [
        source.name,
        source.type === 'panel' ? `panel (${source.multiAction})` : `${source.type} ${source.role}`,
        source.currency,
        source.timeZone,
        String(source.requestsPerMinute),
        source.baseUrl,
        secretText(source.apiKey),
      ]),
    ),
  ]
}

function warningsOf({ books, database }: Config, env: Environment): readonly string[] {
  const sources = books.flatMap((book) => book.sources)
  const ofSources = sources.flatMap(({ apiKey, webhookSecret }) => [
    apiKey,
    ...(webhookSecret === undefined ? [] : [webhookSecret]),
  ])
  const references = [...(database.from === 'url' ? [] : [database]), ...ofSources]
  return [...references.flatMap((each) => missingSecret(each, env)), ...sources.flatMap(plainHttp)]
}

function missingSecret(reference: SecretReference, env: Environment): readonly string[] {
  try {
    readSecretText(reference, env)
    return []
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}

function plainHttp({ name, baseUrl }: SourceConfig): readonly string[] {
  const url = new URL(baseUrl)
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (url.protocol === 'https:' || local) return []
  return [`source ${name} is reached over plain http: its API key can be read on the way. Use https.`]
}

function alertsText(alerts: Config['alerts']): string {
  if (alerts === undefined) return 'nobody is told anything'
  if (alerts.channels.length === 0) return 'watched, but there is no channel to tell anybody'
  return alerts.channels.map(({ name, type, severity }) => `${name} (${type}, ${severity})`).join(', ')
}

function databaseText(database: DatabaseSetting): string {
  return database.from === 'url' ? database.url : `from ${secretText(database)}`
}

function secretText(reference: SecretReference): string {
  return reference.from === 'env' ? `variable ${reference.name}` : `file ${reference.path}`
}
