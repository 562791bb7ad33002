/**
 * What one invocation of a command works with: the global flags, the clock they set, the configuration read on first
 * use, and the two ways to print. `handle` is how every command is attached.
 */
import type { Command } from 'commander'
import { loadConfig } from '../config/load.ts'
import type { BookConfig, Config } from '../config/model.ts'
import { didYouMean } from '../config/suggest.ts'
import { InputError } from '../domain/errors.ts'
import { personName } from '../domain/person.ts'
import { loginName } from './person.ts'
import { EXIT_CODES, type ExitName } from './exit-codes.ts'
import type { CliIo, TextSink } from './io.ts'
import { jsonText, printableLines, tableLines, type Column } from './output.ts'

export interface GlobalOptions {
  readonly config: string
  readonly json?: boolean
  /** UTC milliseconds. */
  readonly now?: number
  readonly book?: string
  readonly debug?: boolean
}

export interface Session {
  readonly io: CliIo
  readonly json: boolean
  readonly clock: { readonly nowMs: () => number }
  /** Reads and checks the configuration; the second call gives the same. */
  readonly config: () => Config
  /** The book `--book` names, or the only one. */
  readonly book: () => BookConfig
  /** Prints the document with --json, else the lines. */
  readonly show: (document: unknown, lines: () => readonly string[]) => void
  readonly table: (columns: readonly Column[], rows: readonly (readonly string[])[]) => readonly string[]
}

/** Told the exit code of a command that came to its end. */
export type Finish = (code: number) => void

export interface Registry {
  readonly program: Command
  readonly io: CliIo
  readonly finish: Finish
}

/** Runs `work` when the command is chosen; what it returns is the exit code. `Options` are the command's own flags. */
export function handle<Options>(
  { io, finish }: Registry,
  command: Command,
  work: (session: Session, options: Options, args: readonly string[]) => Promise<ExitName>,
): void {
  command.action(async () => {
    const session = openSession(io, command.optsWithGlobals<GlobalOptions>())
    const options = command.opts<Options & { readonly by?: unknown }>()
    const asksWho = command.options.some(({ long }) => long === '--by')
    const signed = asksWho ? named(options, io.login) : options
    finish(EXIT_CODES[await work(session, signed, command.args)].code)
  })
}

/** Whoever is named with --by is at the login that types it; without it, it is that login. */
function named<Options extends { readonly by?: unknown }>(options: Options, login: string | undefined): Options {
  const by = typeof options.by === 'string' ? personName(options.by, login) : (login ?? loginName())
  return { ...options, by }
}

function openSession(io: CliIo, options: GlobalOptions): Session {
  const { now, json = false } = options
  let loaded: Config | undefined
  const config = (): Config => (loaded ??= loadConfig(options.config))
  return {
    io,
    json,
    clock: { nowMs: now === undefined ? io.nowMs : () => now },
    config,
    book: () => chooseBook(config(), options.book),
    show: (document, lines) => io.stdout.write(json ? jsonText(document) : printableLines(lines())),
    table: (columns, rows) => tableLines(columns, rows, widthOf(io.stdout)),
  }
}

function chooseBook({ books, file }: Config, name: string | undefined): BookConfig {
  const names = books.map((book) => book.name)
  const found = name === undefined && books.length === 1 ? books[0] : books.find((book) => book.name === name)
  if (found !== undefined) return found
  if (name === undefined) {
    throw new InputError('BOOK_NEEDED', `${file} has several books: ${names.join(', ')}.`, 'Name one with --book NAME.')
  }
  const hint = `Its books are ${names.join(', ')}.${didYouMean(name, names)}`
  throw new InputError('BOOK_UNKNOWN', `${file} has no book "${name}".`, hint)
}

function widthOf(sink: TextSink): number | undefined {
  return sink.isTty ? sink.columns : undefined
}
