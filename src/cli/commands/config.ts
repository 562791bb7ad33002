/**
 * `tieout config check`: reads the configuration and the mappings as every other command does and prints what was
 * understood. It does not need the secrets, but says which are not there yet.
 */
import { loadMappings, requireLineAccounts, targetMapping } from '../../config/mappings.ts'
import type { Config, DatabaseSetting, SecretReference } from '../../config/model.ts'
import { bookRates } from '../../config/rates-file.ts'
import { readSecretText, type Environment } from '../../config/secrets.ts'
import { handle, type Registry } from '../session.ts'
import { bookLines, secretText } from '../views/config.ts'

export function registerConfig(registry: Registry): void {
  const config = registry.program.command('config').description('the configuration')
  const check = config.command('check').description('check the configuration and print what it says')
  handle(registry, check, async (session) => {
    const checked = session.config()
    const mappings = loadMappings(checked.mappings)
    const { chart, rules, quickbooks, xero } = mappings
    for (const book of checked.books) {
      bookRates(book)
      requireLineAccounts(book, chart)
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
      `Token key: ${checked.tokenKey === undefined ? 'none' : secretText(checked.tokenKey)}`,
      `Alerts: ${alertsText(checked.alerts)}`,
      ...checked.books.flatMap((book) => bookLines(session, book)),
      ...warnings.map((warning) => `Warning: ${warning}`),
    ])
    return 'ok'
  })
}

function warningsOf({ books, database, tokenKey }: Config, env: Environment): readonly string[] {
  const sources = books.flatMap((book) => book.sources)
  const targets = books.flatMap((book) => book.targets)
  const ofSources = sources.flatMap(({ apiKey, webhookSecret }) => [
    apiKey,
    ...(webhookSecret === undefined ? [] : [webhookSecret]),
  ])
  const ofTargets = targets.flatMap(({ clientId, clientSecret }) => [clientId, clientSecret])
  const references = [
    ...(database.from === 'url' ? [] : [database]),
    ...ofSources,
    ...ofTargets,
    ...(tokenKey === undefined || targets.length === 0 ? [] : [tokenKey]),
  ]
  const addresses = [
    ...sources.map(({ name, baseUrl }) => ({ what: `source ${name}`, baseUrl, secret: 'its API key' })),
    ...targets.flatMap(({ name, urls }) =>
      [...new Set([urls.token, urls.api].map((url) => new URL(url).origin))].map((baseUrl) => ({
        what: `target ${name}`,
        baseUrl,
        secret: 'its tokens',
      })),
    ),
  ]
  return [...references.flatMap((each) => missingSecret(each, env)), ...addresses.flatMap(plainHttp)]
}

function missingSecret(reference: SecretReference, env: Environment): readonly string[] {
  try {
    readSecretText(reference, env)
    return []
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}

interface Address {
  readonly what: string
  readonly baseUrl: string
  /** What travels there. */
  readonly secret: string
}

function plainHttp({ what, baseUrl, secret }: Address): readonly string[] {
  const url = new URL(baseUrl)
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (url.protocol === 'https:' || local) return []
  return [`${what} is reached over plain http: ${secret} can be read on the way. Use https.`]
}

function alertsText(alerts: Config['alerts']): string {
  if (alerts === undefined) return 'nobody is told anything'
  if (alerts.channels.length === 0) return 'watched, but there is no channel to tell anybody'
  return alerts.channels.map(({ name, type, severity }) => `${name} (${type}, ${severity})`).join(', ')
}

function databaseText(database: DatabaseSetting): string {
  return database.from === 'url' ? database.url : `from ${secretText(database)}`
}
