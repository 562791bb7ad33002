/**
 * A statement file read for the accounts it belongs to, before anything is landed: with what each account's configuration
 * and earlier files tell, its own sections alone, and everything that decided beside them, so that a replay reads it again
 * the same way.
 */
import type { Kysely } from 'kysely'
import type { BookConfig } from '../../config/model.ts'
import type { Tables } from '../../db/tables.ts'
import { InputError } from '../../domain/errors.ts'
import { closingsBefore, type PreviousClosing } from '../../domain/statements/previous-closing.ts'
import type { ParsedStatement, StatementFormat, StatementSection } from '../../domain/statements/statement.ts'
import { fileOfAccount, requestOfFile } from '../../evidence/statements/files.ts'
import { openStatement } from '../../sources/statements/open.ts'
import type { ReadOptions } from '../../sources/statements/options.ts'
import { decodeStatement } from '../../sources/statements/text.ts'
import { landedOptions } from '../process/statement-options.ts'
import { onlyTaken, openLanded, statementRequestSchema } from '../process/statement.ts'
import { accountsOfBook } from './account-numbers.ts'
import { closingsOf } from './closings.ts'
import { formatFor, refuseOtherKind } from './format.ts'
import { refuseOtherReading } from './other-reading.ts'
import { keptProfile, saidTogether, type Said } from './kept-profile.ts'
import { kindOf, statementTarget, type StatementTarget } from './target.ts'
import { leftRemarks, whoseSections, type WantedAccount } from './whose.ts'

export interface FileBytes {
  readonly name: string
  readonly bytes: Buffer
  readonly sha256: string
}

export interface ToOpen {
  readonly db: Kysely<Tables>
  readonly book: bigint
  readonly config: BookConfig
  /** Of accounts and sources. */
  readonly ids: ReadonlyMap<string, bigint>
  /** Null: recognised from the content. */
  readonly format: StatementFormat | null
  readonly said: Said
}

export interface OpenedStatement extends FileBytes {
  readonly target: StatementTarget
  readonly account: bigint
  readonly parsed: ParsedStatement
  /** What the file holds of other accounts, in sentences that are among its remarks, too. */
  readonly left: readonly string[]
  /** As statementRequestSchema reads it back. */
  readonly request: unknown
}

/** One for each account that has sections in it. Throws InputError when that cannot be told, or the file not be read. */
export async function openForAccounts(
  of: ToOpen,
  file: FileBytes,
  wanted: readonly WantedAccount[],
): Promise<readonly OpenedStatement[]> {
  const read = new Map<string, Promise<Read>>()
  const readFor = (name: string): Promise<Read> => {
    const started = read.get(name) ?? readAs(of, file, name)
    read.set(name, started)
    return started
  }
  const [only] = wanted
  if (only !== undefined && wanted.length === 1) {
    const own = await readFor(only.name)
    if (own.isKnown) return [opened(file, own, own.parsed.sections, [])]
  }
  const book = await accountsOfBook(of.db, of.book, of.config, of.ids)
  for (const { name } of wanted) statementTarget(of.config, name)
  const names = wanted.length > 0 ? wanted.map(({ name }) => name) : book.map(({ name }) => name)
  const first = await firstThatReads(file.name, names, readFor)
  const { taken, left } = whoseSections(file.name, first.whole, book, wanted)
  const all: OpenedStatement[] = []
  for (const [name, sections] of taken) {
    const own = await readFor(name)
    const mine = own.isKnown
      ? own.parsed.sections
      : own.parsed.sections.filter((each) => sections.some(isNamedAs(each)))
    if (!own.isKnown) refuseOtherKind(file.name, mine, own.target)
    all.push(opened(file, own, mine, all.length === 0 ? left : []))
  }
  return all
}

/** What decides beside the file may differ from account to account; what its sections are called does not. */
async function firstThatReads(
  fileName: string,
  names: readonly string[],
  readFor: (name: string) => Promise<Read>,
): Promise<Read> {
  let refusal: InputError | null = null
  for (const name of names) {
    try {
      return await readFor(name)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      refusal ??= error
    }
  }
  throw (
    refusal ??
    new InputError(
      'ACCOUNT_UNKNOWN',
      `There is no account to import ${fileName} into.`,
      'List it under accounts: in tieout.yaml.',
    )
  )
}

interface Read {
  readonly target: StatementTarget
  readonly account: bigint
  /** All sections of the file. */
  readonly whole: ParsedStatement
  /** Those that may be the account's. */
  readonly parsed: ParsedStatement
  readonly options: ReadOptions
  /** These bytes were imported into this account before; they are read as they were then. */
  readonly isKnown: boolean
}

async function readAs({ db, book, config, ids, format, said }: ToOpen, file: FileBytes, name: string): Promise<Read> {
  const target = statementTarget(config, name)
  const account = ids.get(name)
  if (account === undefined) throw new RangeError(`account ${name} is not in the settings in force`)
  const earlier = await fileOfAccount(db, book, account, file.sha256)
  if (earlier !== null) {
    const request = statementRequestSchema.parse(await requestOfFile(db, book, earlier))
    const whole = openLanded(file.bytes, request)
    refuseOtherReading({ ...file, account: name, earlier: whole, options: request.options }, said)
    return { target, account, whole, parsed: onlyTaken(whole, request), options: request.options, isKnown: true }
  }
  const profile = await keptProfile(db, book, account)
  const { text } = decodeStatement(file.name, file.bytes)
  const chosen = formatFor(file.name, text, target, { format, said, profile })
  const { columns, dateOrder, decimal, balance = null, order = null } = saidTogether(said, target.said)
  const options: ReadOptions = {
    currency: target.currency,
    timeZone: target.timeZone,
    columns,
    balance,
    order,
    dateOrder,
    decimal,
    accountKind: kindOf(target),
    profile,
    previous: await closingsOf(db, book, account),
  }
  const parsed = openStatement(file.name, file.bytes, chosen, options)
  return { target, account, whole: parsed, parsed, options, isKnown: false }
}

function opened(
  file: FileBytes,
  { target, account, parsed, options }: Read,
  sections: readonly StatementSection[],
  left: readonly StatementSection[],
): OpenedStatement {
  const others = leftRemarks(left)
  const own = { ...parsed, sections, remarks: [...parsed.remarks, ...others] }
  return {
    ...file,
    target,
    account,
    parsed: own,
    left: others,
    request: {
      file: file.name,
      sha256: file.sha256,
      format: parsed.format,
      // Read again it is read by what it was read by, also where it is the one that proposed it.
      options: landedOptions({
        ...options,
        profile: parsed.byProfile?.profile ?? null,
        previous: decidingOf(options, parsed),
      }),
      taken: sections.map(({ accountNumber, currency }) => ({ accountNumber, currency })),
    },
  }
}

/** Of all earlier closings those that a card's OFX is held against. */
function decidingOf({ previous }: ReadOptions, { format, sections }: ParsedStatement): readonly PreviousClosing[] {
  if (format !== 'ofx') return []
  const held = sections.flatMap(({ accountNumber, currency, lines }) => {
    const first = lines.map(({ date }) => date).toSorted()[0] ?? null
    return closingsBefore(previous, { accountNumber, currency, first })
  })
  return [...new Set(held)]
}

function isNamedAs(section: StatementSection): (other: StatementSection) => boolean {
  return ({ accountNumber, currency }) => section.accountNumber === accountNumber && section.currency === currency
}
