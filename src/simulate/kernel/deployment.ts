/** The folder a deployment lives in: the configuration its parts ask for, and the files people receive. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Act, Part } from '../world/part.ts'

export interface Deployment {
  readonly folder: string
  readonly configFile: string
  readonly env: Readonly<Record<string, string>>
  /** As the configuration names it. */
  readonly databaseUrl: string
  /** Puts the act's file down and gives its arguments with the file's path. */
  readonly argumentsOf: (act: Act) => readonly string[]
  readonly remove: () => void
}

export interface BookPlan {
  readonly name: string
  readonly currency: string
  readonly timeZone: string
  /** YAML lines of the book, not indented. */
  readonly more: readonly string[]
}

export function deploy(book: BookPlan, parts: readonly Part[]): Deployment {
  const folder = mkdtempSync(join(tmpdir(), 'tieout-simulate-'))
  const databaseUrl = 'sqlite:books.db'
  const configFile = join(folder, 'tieout.yaml')
  const env = Object.assign(
    { TIEOUT_TOKEN_KEY: Buffer.alloc(32, 7).toString('base64') },
    ...parts.map((part) => part.env),
  )
  writeFileSync(configFile, configText(databaseUrl, book, parts))
  return {
    folder,
    configFile,
    env,
    databaseUrl,
    argumentsOf: ({ file, argv }) => {
      if (file === undefined) return argv
      const path = join(folder, 'files', file.name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, file.content)
      return argv.map((each) => (each === `files/${file.name}` ? path : each))
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function configText(databaseUrl: string, book: BookPlan, parts: readonly Part[]): string {
  const list = (key: 'sources' | 'accounts' | 'targets'): string => {
    const items = parts.flatMap((part) => part.config[key] ?? [])
    return items.length === 0 ? '' : `    ${key}:\n${items.map(item).join('')}`
  }
  return `database: ${databaseUrl}
tokenKey: { env: TIEOUT_TOKEN_KEY }
http: { timeoutMs: 10000, retries: 3 }
books:
  - name: ${book.name}
    documentPrefix: SIM
    currency: ${book.currency}
    timeZone: ${book.timeZone}
${book.more.map((line) => `    ${line}\n`).join('')}${list('sources')}${list('accounts')}${list('targets')}`
}

function item(text: string): string {
  const [first = '', ...rest] = text.split('\n')
  return `      - ${first}\n${rest.map((line) => `        ${line}\n`).join('')}`
}
