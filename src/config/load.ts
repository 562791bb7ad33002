/**
 * Reads `tieout.yaml`: the whole file is checked, every problem is reported at once, and nothing is used unless all of
 * it is right. Paths become absolute, starting at the file's own folder, so a command works from anywhere.
 */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { ConfigError } from '../domain/errors.ts'
import { READ_LIMITS, type ReadLimits } from '../domain/read-limits.ts'
import { toAlerts } from './load-alerts.ts'
import { toExceptionPolicy, toMatching, toMoneyAccount, toPayouts } from './load-money.ts'
import { toJournalPolicy, toTarget } from './load-targets.ts'
import type { BookConfig, Config, DatabaseSetting, SecretReference, SourceConfig } from './model.ts'
import { pathText, problemsOf, type Problem } from './problems.ts'
import { configSchema, type ParsedConfig } from './schema.ts'
import { readSecretText, type Environment } from './secrets.ts'
import { whileUnchanged } from './unchanged.ts'
import { parseYamlFile, type YamlFile } from './yaml-file.ts'

export const DEFAULT_CONFIG_FILE = 'tieout.yaml'

/** A scan for ids nobody registered looks like abuse at a panel's full pace. */
const SCAN_REQUESTS_PER_MINUTE = 60

/** Knows where in the file a value stands and where relative paths start. */
interface Place {
  readonly file: string
  readonly directory: string
  readonly yaml: YamlFile
}

export function loadConfig(file: string): Config {
  return configOf(file, readConfigFile(file))
}

const configOf = whileUnchanged((file, bytes: Buffer) => parseConfig(bytes, file))

/** The file's bytes or text as a configuration; throws one ConfigError that lists every problem. */
export function parseConfig(content: string | Uint8Array, file: string): Config {
  const yaml = parseYamlFile(content)
  if (yaml.errors.length > 0)
    throw invalid(
      file,
      yaml.errors.map(({ line, message }) => `${file}:${line}: ${message}`),
    )
  const parsed = configSchema.safeParse(yaml.value)
  const problems = problemsOf(parsed.error, yaml.value)
  if (!parsed.success || problems.length > 0) {
    throw invalid(
      file,
      inFileOrder(problems, yaml).map((problem) => problemLine(problem, file, yaml)),
    )
  }
  const place = { file, directory: dirname(resolve(file)), yaml }
  const { database, mappings, tokenKey, http, sandbox, alerts, serve, books } = parsed.data
  return {
    file,
    directory: place.directory,
    database: databaseSetting(place, database),
    mappings: mappings === undefined ? undefined : resolve(place.directory, mappings),
    tokenKey: tokenKey && secretReference(place, tokenKey, ['tokenKey']),
    http,
    sandbox,
    alerts: alerts && toAlerts(alerts, (secret, path) => secretReference(place, secret, path)),
    serve: {
      ...serve,
      reportPassword: serve.reportPassword && secretReference(place, serve.reportPassword, ['serve', 'reportPassword']),
    },
    books: books.map((book, index) => toBook(place, book, ['books', index])),
  }
}

/** The database's URL, read from the environment or a file when the configuration says so. Relative SQLite paths are made absolute. */
export function databaseUrl(config: Config, env: Environment): string {
  const { database } = config
  if (database.from === 'url') return database.url
  return absoluteDatabase(readSecretText(database, env), config.directory)
}

function readConfigFile(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    throw new ConfigError(
      'CONFIG_UNREADABLE',
      missing ? `There is no configuration file ${file}.` : `The configuration file ${file} cannot be read.`,
      'Copy tieout.example.yaml to tieout.yaml and edit it, or name another file with --config FILE.',
      { cause },
    )
  }
}

function invalid(file: string, lines: readonly string[]): ConfigError {
  const count = lines.length === 1 ? 'one problem' : `${lines.length} problems`
  const message = `${file} has ${count}:\n${lines.join('\n')}`
  return new ConfigError(
    'CONFIG_INVALID',
    message,
    'Correct it and run again; docs/configuration.md explains every key.',
  )
}

function inFileOrder(problems: readonly Problem[], yaml: YamlFile): readonly Problem[] {
  return problems.toSorted((a, b) => yaml.lineOf(a.path) - yaml.lineOf(b.path))
}

function problemLine({ path, message }: Problem, file: string, yaml: YamlFile): string {
  const where = path.length === 0 ? '' : `${pathText(path)}: `
  return `${file}:${yaml.lineOf(path)}: ${where}${message}`
}

type ParsedBook = ParsedConfig['books'][number]

function toBook(place: Place, book: ParsedBook, path: readonly PropertyKey[]): BookConfig {
  const { name, currency, timeZone, recognition, documentPrefix, journals } = book
  const files = book.export
  return {
    name,
    currency,
    timeZone,
    recognition,
    documentPrefix,
    journals: toJournalPolicy(journals),
    rates: book.rates === undefined ? undefined : resolve(place.directory, book.rates),
    ratesMaxAgeDays: book.ratesMaxAgeDays,
    fixedRates: book.fixedRates,
    targets: book.targets.map((target, index) =>
      toTarget(target, {
        reference: (secret, key) => secretReference(place, secret, [...path, 'targets', index, key]),
        absolute: (file) => resolve(place.directory, file),
      }),
    ),
    inbox: book.inbox === undefined ? undefined : resolve(place.directory, book.inbox),
    schedule: { at: book.schedule.at, timeZone: book.schedule.timeZone ?? timeZone },
    export: files && { directory: resolve(place.directory, files.dir), formats: [...new Set(files.formats)] },
    sources: book.sources.map((source, index) => toSource(place, source, [...path, 'sources', index])),
    accounts: book.accounts.map(toMoneyAccount),
    matching: toMatching(book.matching),
    exceptions: toExceptionPolicy(book.exceptions),
    reading: toReadLimits(book.reading),
  }
}

function toReadLimits({ maxDepth, maxMegabytes, maxValues }: ParsedBook['reading']): ReadLimits {
  return { ...READ_LIMITS, depth: maxDepth, bytes: maxMegabytes << 20, values: maxValues }
}

function toSource(place: Place, source: ParsedBook['sources'][number], path: readonly PropertyKey[]): SourceConfig {
  const common = {
    name: source.name,
    baseUrl: source.baseUrl.replace(/\/+$/, ''),
    apiKey: secretReference(place, source.apiKey, [...path, 'apiKey']),
    webhookSecret: source.webhookSecret && secretReference(place, source.webhookSecret, [...path, 'webhookSecret']),
    currency: source.currency,
    timeZone: source.timeZone ?? 'UTC',
    timeZoneStated: source.timeZone !== undefined,
    requestsPerMinute: source.requestsPerMinute,
  }
  if (source.type === 'panel') {
    const {
      multiAction,
      sweepLimit,
      quietMoment,
      requestsPerMinute,
      statusCodes,
      statusCurrency,
      chargeFromHistory,
      history,
      dripFeed,
      unlisted,
      creditDays,
    } = source
    const scanRequestsPerMinute = source.scanRequestsPerMinute ?? Math.min(SCAN_REQUESTS_PER_MINUTE, requestsPerMinute)
    return {
      ...common,
      type: 'panel',
      multiAction,
      sweepLimit,
      quietMoment,
      scanRequestsPerMinute,
      unlisted,
      ...(dripFeed === undefined ? {} : { dripFeed }),
      ...(creditDays === undefined ? {} : { creditDays }),
      ...(statusCodes === undefined ? {} : { statusCodes }),
      ...(history === undefined ? {} : { history }),
      ...(statusCurrency === undefined ? {} : { statusCurrency }),
      ...(chargeFromHistory === undefined ? {} : { chargeFromHistory }),
    }
  }
  const { role, counterMode, payouts } = source
  return {
    ...common,
    type: 'payelancer',
    role,
    ...(counterMode === undefined ? {} : { counterMode }),
    ...(payouts === undefined ? {} : { payouts: toPayouts(payouts) }),
  }
}

type ParsedSecret = ParsedBook['sources'][number]['apiKey']

function secretReference(place: Place, secret: ParsedSecret, path: readonly PropertyKey[]): SecretReference {
  const where = `${place.file}:${place.yaml.lineOf(path)} (${pathText(path)})`
  if (secret.env !== undefined) return { from: 'env', name: secret.env, where }
  return { from: 'file', path: resolve(place.directory, secret.file ?? ''), where }
}

function databaseSetting(place: Place, database: ParsedConfig['database']): DatabaseSetting {
  if (typeof database !== 'string') return secretReference(place, database, ['database'])
  return { from: 'url', url: absoluteDatabase(database, place.directory) }
}

function absoluteDatabase(url: string, directory: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url) && !url.startsWith('sqlite:')) return url
  const path = url.replace(/^sqlite:(\/\/(?=\/))?/, '')
  return `sqlite:${path === ':memory:' ? path : resolve(directory, path)}`
}
