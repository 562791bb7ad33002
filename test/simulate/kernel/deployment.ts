/**
 * The folder a deployment lives in: the configuration its parts ask for, which people change now and then, and the files
 * they receive.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Act, Part, SimFile } from '../world/part.ts'

export interface Deployment {
  readonly folder: string
  readonly configFile: string
  readonly env: Readonly<Record<string, string>>
  /** As the configuration names it. */
  readonly databaseUrl: string
  /** Puts the act's file down and gives its arguments, paths under `files/` made whole. */
  readonly argumentsOf: (act: Act) => readonly string[]
  /** Writes the configuration anew with these settings; what is left out stays as it is. */
  readonly settings: () => Settings
  readonly configure: (settings: Partial<Settings>) => void
  readonly remove: () => void
}

/** What people change in the configuration while the books go on. */
export interface Settings {
  /** What a book says of closed periods, by its name, where it is not as planned. */
  readonly closedPeriods: Readonly<Record<string, string>>
}

export interface BookPlan {
  readonly name: string
  readonly currency: string
  readonly timeZone: string
  /** Null: the numbers start with the book's own id. */
  readonly documentPrefix: string | null
  /** YAML lines of the book, not indented. */
  readonly more: readonly string[]
}

/** A book and the parts of the world it is about. */
export interface Home {
  readonly book: BookPlan
  readonly parts: readonly Part[]
}

export function deploy(homes: readonly Home[], database: 'sqlite' | 'postgres'): Deployment {
  const folder = mkdtempSync(join(tmpdir(), 'tieout-simulate-'))
  const databaseUrl = database === 'sqlite' ? 'sqlite:books.db' : 'postgres://tieout@db.test/books'
  const configFile = join(folder, 'tieout.yaml')
  const env = Object.assign(
    { TIEOUT_TOKEN_KEY: Buffer.alloc(32, 7).toString('base64') },
    ...homes.flatMap(({ parts }) => parts.map((part) => part.env)),
  )
  let settings: Settings = { closedPeriods: {} }
  let written = ''
  const write = (): void => {
    const text = configText(databaseUrl, homes, settings)
    if (text !== written) writeFileSync(configFile, text)
    written = text
  }
  write()
  const put = ({ name, content }: SimFile): void => {
    const path = join(folder, 'files', name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  return {
    folder,
    configFile,
    env,
    databaseUrl,
    argumentsOf: ({ file, argv }) => {
      if (file !== undefined) put(file)
      return argv.map((each) => (each.startsWith('files/') ? join(folder, each) : each))
    },
    settings: () => settings,
    configure: (changes) => {
      settings = { ...settings, ...changes }
      write()
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function configText(databaseUrl: string, homes: readonly Home[], settings: Settings): string {
  return `database: ${databaseUrl}
tokenKey: { env: TIEOUT_TOKEN_KEY }
http: { timeoutMs: 10000, retries: 3 }
books:
${homes.map((home) => bookText(home, homes, settings)).join('')}`
}

function bookText({ book, parts }: Home, homes: readonly Home[], { closedPeriods }: Settings): string {
  const others = homes.flatMap((home) => home.parts.flatMap((part) => part.inBooks?.[book.name] ?? []))
  const configs = [...parts.map((part) => part.config), ...others]
  const list = (key: 'sources' | 'accounts' | 'targets'): string => {
    const items = configs.flatMap((config) => config[key] ?? [])
    return items.length === 0 ? '' : `    ${key}:\n${items.map(item).join('')}`
  }
  const { documentPrefix } = book
  const closedPeriod = closedPeriods[book.name]
  const ruled =
    closedPeriod === undefined
      ? book.more
      : book.more.map((line) => line.replace(/closedPeriod: [a-z-]+/, `closedPeriod: ${closedPeriod}`))
  const more = [...(documentPrefix === null ? [] : [`documentPrefix: ${documentPrefix}`]), ...ruled]
  return `  - name: ${book.name}
    currency: ${book.currency}
    timeZone: ${book.timeZone}
${more.map((line) => `    ${line}\n`).join('')}${list('sources')}${list('accounts')}${list('targets')}`
}

function item(text: string): string {
  const [first = '', ...rest] = text.split('\n')
  return `      - ${first}\n${rest.map((line) => `        ${line}\n`).join('')}`
}
