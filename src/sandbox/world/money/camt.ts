/** The bank's CAMT.053, written from the format's description and not from the reader. */
import { formatMoney, type Units } from '../../../domain/money/money.ts'
import { addDays } from '../../../domain/time/dates.ts'
import { dateOf, printed, type Days } from './printed.ts'
import type { MoneyLine, MoneyState } from './state.ts'

export function bankCamt(money: MoneyState, days: Days): string {
  const { opening, rows, closing } = printed(money, 'checking', 'USD', days)
  const balance = (code: string, units: Units, date: string): string =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>${sided(units)}<Dt><Dt>${date}</Dt></Dt></Bal>`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>',
    `<GrpHdr><MsgId>CHK-${days.to}</MsgId><CreDtTm>${addDays(days.to, 1)}T00:01:00Z</CreDtTm></GrpHdr>`,
    `<Stmt><Id>CHK-${days.from}-${days.to}</Id><CreDtTm>${addDays(days.to, 1)}T00:01:00Z</CreDtTm>`,
    `<FrToDt><FrDtTm>${days.from}T00:00:00Z</FrDtTm><ToDtTm>${days.to}T23:59:59Z</ToDtTm></FrToDt>`,
    '<Acct><Id><Othr><Id>4021777</Id></Othr></Id><Ccy>USD</Ccy></Acct>',
    balance('OPBD', opening, days.from),
    balance('CLBD', closing, days.to),
    ...rows.map(({ line }) => camtEntry(line)),
    '</Stmt></BkToCstmrStmt></Document>',
    '',
  ].join('\n')
}

function camtEntry({ id, atMs, gross, party, text, reference }: MoneyLine): string {
  const refs = reference === '' ? '' : `<Refs><EndToEndId>${xml(reference)}</EndToEndId></Refs>`
  const side = gross < 0n ? 'Cdtr' : 'Dbtr'
  const name = party === '' ? '' : `<RltdPties><${side}><Nm>${xml(party)}</Nm></${side}></RltdPties>`
  return (
    `<Ntry>${sided(gross)}<Sts>BOOK</Sts><BookgDt><Dt>${dateOf(atMs)}</Dt></BookgDt><ValDt><Dt>${dateOf(atMs)}</Dt></ValDt>` +
    `<AcctSvcrRef>${id}</AcctSvcrRef><NtryDtls><TxDtls>${refs}${name}` +
    `<RmtInf><Ustrd>${xml(text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`
  )
}

function sided(units: Units): string {
  const size = units < 0n ? -units : units
  return `<Amt Ccy="USD">${formatMoney(size)}</Amt><CdtDbtInd>${units < 0n ? 'DBIT' : 'CRDT'}</CdtDbtInd>`
}

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
