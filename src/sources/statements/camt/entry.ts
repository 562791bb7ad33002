/**
 * One booked entry as a line, however many payments it holds: the amount on the account is the entry's. Its direction is
 * what the entry says, also of a reversal, which only explains it. Ids of all payments in it become references.
 */
import { abs, type Units } from '../../../domain/money/money.ts'
import type { LineType, StatementLine, Uncounted } from '../../../domain/statements/statement.ts'
import { isIsoDate, parseInstant } from '../../../domain/time/dates.ts'
import type { IsoDate } from '../../../domain/transaction.ts'
import { parseExactAmount } from '../amounts.ts'
import { shown, unreadable } from '../refusal.ts'
import type { CamtDetails, CamtEntry } from './schema.ts'

export interface CamtLine {
  readonly line: StatementLine
  readonly currency: string
}

const STATUSES: Readonly<Record<string, Uncounted | null>> = {
  BOOK: null,
  PDNG: 'pending',
  FUTR: 'pending',
  INFO: 'information',
}

/** Sub-families of the ISO bank transaction codes that are the bank's own charges. */
const FEES = new Set(['CHRG', 'FEES', 'COMM', 'COME'])
const NO_REFERENCE = /^(?:NOT ?PROVIDED|NONREF|NOREF|NOTAVAILABLE)$/i
const NAMES_SHOWN = 3

export function readEntry(fileName: string, entry: CamtEntry, number: number, where: () => string): CamtLine {
  const status = STATUSES[entry.Sts ?? 'BOOK']
  if (status === undefined)
    throw unreadable(
      fileName,
      where(),
      `its status is ${shown(entry.Sts ?? '')}, where BOOK, PDNG, INFO or FUTR is expected`,
    )
  const currency = entry.Amt['@Ccy']
  const sign = entry.CdtDbtInd === 'CRDT' ? 1n : -1n
  const amount = sign * amountOf(fileName, where, entry.Amt['#text'])
  const booked = dayOf(entry.BookgDt) ?? dayOf(entry.ValDt)
  if (booked === null) throw unreadable(fileName, where(), 'it has neither a booking date nor a value date')
  const payments = entry.NtryDtls.flatMap(({ TxDtls }) => TxDtls)
  // Some banks tell what it is only of the one payment in it.
  const code = entry.BkTxCd ?? (payments.length === 1 ? payments[0]?.BkTxCd : undefined)
  const isReversal = entry.RvslInd === 'true' || entry.RvslInd === '1'
  const fee = feeOf(fileName, entry, where)
  return {
    currency,
    line: {
      line: number,
      externalId:
        present(entry.AcctSvcrRef) ?? (payments.length === 1 ? present(payments[0]?.Refs?.AcctSvcrRef) : null),
      date: booked.date,
      atMs: booked.atMs,
      amount,
      gross: fee === null ? null : amount + fee,
      fee,
      tax: null,
      balance: null,
      type: isReversal ? 'refund' : typeOf(code),
      rawType: rawTypeOf(code),
      uncounted: status ?? (amount === 0n ? 'information' : null),
      references: referencesOf(entry, payments),
      group: groupOf(entry, payments),
      counterparty: namesOf(payments, (entry.CdtDbtInd === 'CRDT') !== isReversal),
      description: textsOf(entry, payments).join(' ').replaceAll(/\s+/g, ' '),
    },
  }
}

export function amountOf(fileName: string, where: () => string, text: string): Units {
  const amount = parseExactAmount(text)
  if (!amount.ok) throw unreadable(fileName, where(), `its amount cannot be read: ${amount.reason}`)
  return amount.units
}

/** The printed day, whatever zone it is in; the instant only where the zone is printed, too. */
export function dayOf(
  day: { readonly Dt?: string | undefined; readonly DtTm?: string | undefined } | undefined,
): { readonly date: IsoDate; readonly atMs: number | null } | null {
  const text = day?.Dt ?? day?.DtTm ?? ''
  const date = text.slice(0, 10)
  return isIsoDate(date) ? { date, atMs: day?.Dt === undefined ? parseInstant(text) : null } : null
}

function present(text: string | undefined): string | null {
  return text === undefined || text === '' || NO_REFERENCE.test(text) ? null : text
}

/** Charges that the bank took from the amount. Those it booked as entries of their own are lines already. */
function feeOf(fileName: string, entry: CamtEntry, where: () => string): Units | null {
  const records = entry.Chrgs.flatMap((each) => (each.Rcrd.length > 0 ? each.Rcrd : [each]))
  const included = records.filter(
    ({ Amt, ChrgInclInd }) => Amt !== undefined && ChrgInclInd === 'true' && Amt['@Ccy'] === entry.Amt['@Ccy'],
  )
  if (included.length === 0) return null
  return included.reduce((sum, { Amt, CdtDbtInd }) => {
    const taken = abs(amountOf(fileName, where, Amt?.['#text'] ?? ''))
    return CdtDbtInd === 'CRDT' ? sum - taken : sum + taken
  }, 0n)
}

function typeOf(BkTxCd: CamtEntry['BkTxCd']): LineType {
  const fee = FEES.has(BkTxCd?.Domn?.Fmly?.SubFmlyCd ?? '')
  return fee ? 'fee' : BkTxCd?.Domn?.Cd === 'PMNT' ? 'payment' : 'other'
}

function rawTypeOf(BkTxCd: CamtEntry['BkTxCd']): string {
  const { Domn, Prtry } = BkTxCd ?? {}
  const codes = [Domn?.Cd, Domn?.Fmly?.Cd, Domn?.Fmly?.SubFmlyCd].filter((each) => each !== undefined)
  return codes.length > 0 ? codes.join('/') : (Prtry?.Cd ?? '')
}

function referencesOf(entry: CamtEntry, payments: readonly CamtDetails[]): readonly string[] {
  const texts = [
    ...entry.NtryDtls.flatMap(({ Btch }) => [Btch?.PmtInfId, Btch?.MsgId]),
    ...payments.flatMap(({ Refs }) => [
      Refs?.EndToEndId,
      Refs?.InstrId,
      Refs?.TxId,
      Refs?.UETR,
      Refs?.PmtInfId,
      Refs?.MndtId,
      Refs?.ChqNb,
      Refs?.ClrSysRef,
      Refs?.AcctSvcrRef,
    ]),
    ...payments.flatMap(({ RmtInf }) =>
      (RmtInf?.Strd ?? []).flatMap(({ CdtrRefInf, RfrdDocInf }) => [
        CdtrRefInf?.Ref,
        ...RfrdDocInf.map(({ Nb }) => Nb),
      ]),
    ),
  ]
  return [...new Set(texts.map(present).filter((each) => each !== null))]
}

function groupOf(entry: CamtEntry, payments: readonly CamtDetails[]): string | null {
  const batch = entry.NtryDtls.map(({ Btch }) => present(Btch?.PmtInfId) ?? present(Btch?.MsgId)).find(
    (id) => id !== null,
  )
  if (batch !== undefined) return batch
  const ids = new Set(payments.map(({ Refs }) => present(Refs?.PmtInfId)))
  const [only] = ids
  return payments.length > 1 && ids.size === 1 ? (only ?? null) : null
}

/** Who paid what came in, and who was paid by what went out; a reversal names the parties of what it reverses. */
function namesOf(payments: readonly CamtDetails[], isFromDebtor: boolean): string {
  const names = payments.map(({ RltdPties }) => {
    const [party, ultimate] = isFromDebtor
      ? [RltdPties?.Dbtr, RltdPties?.UltmtDbtr]
      : [RltdPties?.Cdtr, RltdPties?.UltmtCdtr]
    return party?.Nm ?? party?.Pty?.Nm ?? ultimate?.Nm ?? ultimate?.Pty?.Nm ?? ''
  })
  const different = [...new Set(names)].filter((name) => name !== '')
  const more = different.length - NAMES_SHOWN
  return different.slice(0, NAMES_SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

function textsOf(entry: CamtEntry, payments: readonly CamtDetails[]): readonly string[] {
  const texts = payments.flatMap(({ RmtInf, AddtlTxInf }) => [...(RmtInf?.Ustrd ?? []), AddtlTxInf])
  return [...new Set([...texts, entry.AddtlNtryInf])].filter((each) => each !== undefined).filter((each) => each !== '')
}
