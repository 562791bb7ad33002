/**
 * A wallet reading → a look. The balance is the control total of everything a panel did with our money: read before and
 * after the orders of a night, it is what the wallet's nights are worked out from (panel-wallet.ts).
 */
import { ConfigError } from '../../domain/errors.ts'
import { lastPlace, type Units } from '../../domain/money/money.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import {
  lastWalletReading,
  saveWalletReading,
  walletReadingsFrom,
  type WalletReading,
} from '../../evidence/readings.ts'
import { askAnew } from '../../evidence/registry.ts'
import { isAhead, LONGEST_WAIT_MS } from '../../panels/rules/o8-poll-schedule.ts'
import { keepLook } from '../../panels/store/wallet-nights.ts'
import { controlAccount } from '../../reconcile/prove-book.ts'
import { accountBalance } from '../../reconcile/wallet.ts'
import { observeBalance } from '../../sources/panel/observe-account.ts'
import { isOver, judge } from '../engine/items.ts'
import { answerOf, supersede, type BatchContext, type ContextSource } from './context.ts'
import { settleWallet } from './panel-wallet.ts'
import { balanceRequest } from './requests.ts'
import { raiseUnread, settleUnanswered } from './unread-answers.ts'

export async function processBalance(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
): Promise<readonly TransactionDraft[]> {
  const { moment, again } = balanceRequest(item)
  const observed = observeBalance(answerOf(context, item))
  if (observed.kind !== 'balance') {
    context.tally.add('quarantined', source.currency, null)
    context.warn(source.name, observed.reason)
    await raiseUnread(context, source, item, { object: 'wallet', observed, reason: observed.reason })
    return []
  }
  if (observed.currency !== null && observed.currency !== source.currency) {
    context.tally.add('excepted', observed.currency, null)
    // It is an answer: that none came, or none that made sense, is over.
    await settleUnanswered(context, item, 'wallet')
    const other = {
      code: 'CURRENCY',
      object: 'wallet',
      amount: observed.balance,
      currency: observed.currency,
      detail: `the wallet is in ${observed.currency}, but the source is configured in ${source.currency}`,
    } as const
    await judge(context, item, source.name, {
      codes: ['ANSWER_UNREAD', 'CURRENCY'],
      about: ['wallet'],
      standing: [other],
    })
    return []
  }
  await isOver(context, item, { source: source.name, object: 'source' })
  await isOver(context, item, { source: source.name, object: 'wallet' }, ['ANSWER_UNREAD', 'CURRENCY', 'SOURCE_FAILED'])
  await supersede(context, item, 'wallet')
  const before = await lastWalletReading(context.db, context.book, source.id, context.batch)
  const reading: WalletReading = {
    batch: item.batch,
    observedAtMs: item.fetchedAtMs,
    moment,
    balance: observed.balance,
    currency: source.currency,
    booked: await accountBalance(context.db, context.book, walletAccount(context, source), source.currency),
    consistent: moment === 'after' && isQuiet(before, observed.balance, again),
    decimals: observed.decimals,
  }
  if (moment === 'before') {
    // What the panel said while this machine's clock was ahead must not keep its orders from being asked about.
    if (before !== null && isAhead(before.observedAtMs, item.fetchedAtMs))
      await askAnew(context.db, context.book, source.id, item.fetchedAtMs, item.fetchedAtMs + LONGEST_WAIT_MS)
    context.tally.add('unchanged', source.currency, null)
    await saveWalletReading(context.db, context.book, source.id, item.item, reading)
    return []
  }
  return look(context, source, item, { ...reading, decimals: observed.decimals })
}

/**
 * Whether the wallet stood still since the pass began, or since it was last read when every open order was asked about
 * again after that (`again`): what finished orders say afterwards does not make up for a move.
 */
function isQuiet(before: WalletReading | null, balance: Units, again: boolean): boolean {
  return before !== null && before.balance === balance && (again || before.moment === 'before' || before.consistent)
}

/** The account whose balance must equal the panel's. */
function walletAccount(context: BatchContext, source: ContextSource): string {
  const account = controlAccount(context.rules, source.kind, source.name)
  if (account !== null) return account
  throw new ConfigError(
    'RULE_MISSING',
    `The posting rules have no "charge" for panels, so the wallet of ${source.name} has no account.`,
    `Add it to ${context.rules.file}.`,
  )
}

/** W1: the pass as one look. A wallet that never stood still counts with its lowest reading, and with what it moved by. */
async function look(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  reading: WalletReading & { readonly decimals: number },
): Promise<readonly TransactionDraft[]> {
  const { db, book } = context
  const start = await lastWalletReading(db, book, source.id, context.batch, 'before')
  const pass = start?.batch ?? item.batch
  const balances = [
    reading.balance,
    ...(reading.consistent ? [] : (await walletReadingsFrom(db, book, source.id, pass)).map(({ balance }) => balance)),
  ]
  const lowest = balances.reduce((least, balance) => (balance < least ? balance : least))
  const highest = balances.reduce((most, balance) => (balance > most ? balance : most))
  await keepLook(
    db,
    { book, source: source.id },
    {
      pass,
      atMs: item.fetchedAtMs,
      balance: lowest,
      width: highest - lowest,
      unit: lastPlace(reading.decimals),
    },
  )
  const drafts = await settleWallet(context, source, item)
  const booked = reading.booked + movedOn(walletAccount(context, source), drafts)
  await saveWalletReading(db, book, source.id, item.item, { ...reading, booked })
  return drafts
}

function movedOn(account: string, drafts: readonly TransactionDraft[]): Units {
  const postings = drafts.flatMap((draft) => draft.postings)
  return postings.reduce((sum, posting) => (posting.account === account ? sum + posting.amount : sum), 0n)
}
