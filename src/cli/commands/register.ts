/**
 * `tieout ledger register ACCOUNT`: every line of an account with its running balance. Lines are printed as they are
 * read, so that an account of any length starts at once and needs little memory.
 */
import type { Command } from 'commander'
import { didYouMean } from '../../config/suggest.ts'
import { InputError } from '../../domain/errors.ts'
import { formatExact } from '../../domain/money/money.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { accountIds } from '../../ledger/books.ts'
import { register, type RegisterLine } from '../../ledger/register.ts'
import { dateArgument } from '../arguments.ts'
import { readBook, type OpenBook } from '../open-book.ts'
import { jsonText, printableLines, type Column } from '../output.ts'
import { handle, type Registry, type Session } from '../session.ts'

interface RegisterOptions {
  readonly from?: IsoDate
  readonly to?: IsoDate
}

const COLUMNS: readonly Column[] = [
  { title: 'Date' },
  { title: 'Sequence', align: 'right' },
  { title: 'Account' },
  { title: 'Object' },
  { title: 'Kind' },
  { title: 'Cur' },
  { title: 'Amount', align: 'right' },
  { title: 'Balance', align: 'right' },
]
/** A table's columns are as wide as its widest cell, so a long register is printed as tables of this many lines. */
const LINES_PER_TABLE = 500

export function registerRegister(registry: Registry, ledger: Command): void {
  const command = ledger
    .command('register')
    .argument('<account>', 'a code with all its wallets (1310), or one wallet (1310:netpanel)')
    .description('the lines of an account with a running balance')
    .option('--from <date>', 'the first day, inclusive', dateArgument)
    .option('--to <date>', 'the last day, inclusive', dateArgument)
  handle<RegisterOptions>(registry, command, (session, options, [account = '']) =>
    readBook(session, async (open) => {
      await checkAccount(open, account)
      const lines = register(open.kysely, open.book, account, options)
      await (session.json ? printJson(session, lines) : printTable(session, lines))
      return 'ok'
    }),
  )
}

async function checkAccount({ kysely, book }: OpenBook, account: string): Promise<void> {
  const keys = [...(await accountIds(kysely, book)).keys()].toSorted()
  if (keys.some((key) => key === account || key.startsWith(`${account}:`))) return
  const hint = keys.length === 0 ? 'Nothing is booked yet.' : `Accounts in use: ${keys.join(', ')}.`
  const message = `Book "${book.name}" has no account "${account}".${didYouMean(account, keys)}`
  throw new InputError('ACCOUNT_UNKNOWN', message, hint)
}

async function printTable(session: Session, lines: AsyncIterable<RegisterLine>): Promise<void> {
  let rows: (readonly string[])[] = []
  const flush = (): void => {
    session.io.stdout.write(printableLines(session.table(COLUMNS, rows)))
    rows = []
  }
  for await (const line of lines) {
    rows.push(row(line))
    if (rows.length === LINES_PER_TABLE) flush()
  }
  flush()
}

function row({ date, sequence, account, source, object, kind, currency, amount, balance }: RegisterLine) {
  return [
    date,
    String(sequence),
    account,
    `${source} ${object}`,
    kind,
    currency,
    formatExact(amount),
    formatExact(balance),
  ]
}

/** One document, written line by line: an array of objects. */
async function printJson({ io }: Session, lines: AsyncIterable<RegisterLine>): Promise<void> {
  let separator = '['
  for await (const { amount, balance, ...line } of lines) {
    const document = { ...line, amount: formatExact(amount), balance: formatExact(balance) }
    io.stdout.write(`${separator}\n${jsonText(document).trimEnd()}`)
    separator = ','
  }
  io.stdout.write(separator === '[' ? '[]\n' : '\n]\n')
}
