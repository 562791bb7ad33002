/** Statements in the banks' own formats: OFX 1 (SGML), CAMT.053 and MT940, with one account or several in a file. */
import { amountText } from '../amounts.ts'
import type { Row, Section } from './statement.ts'

const two = (amount: bigint): string => amountText(amount, 2)
const size = (amount: bigint): bigint => (amount < 0n ? -amount : amount)
const compact = (day: string): string => day.replaceAll('-', '')

export function ofx(sections: readonly Section[]): string {
  const statements = sections.map(({ account, currency, fromDay, throughDay, closing, rows }) => {
    const entries = rows
      .filter(({ isPending }) => !isPending)
      .map(
        ({ line, day, bankId }) =>
          `<STMTTRN><TRNTYPE>${line.amount > 0n ? 'CREDIT' : 'DEBIT'}<DTPOSTED>${compact(day)}120000<TRNAMT>${two(line.amount)}<FITID>${bankId}<NAME>${line.text.slice(0, 32)}<MEMO>${line.text}</STMTTRN>`,
      )
    const [opens, ends, owner] =
      account.type === 'card'
        ? ['CCSTMTTRNRS', 'CCSTMTRS', `<CCACCTFROM><ACCTID>${account.number}</CCACCTFROM>`]
        : [
            'STMTTRNRS',
            'STMTRS',
            `<BANKACCTFROM><BANKID>121000248<ACCTID>${account.number}<ACCTTYPE>CHECKING</BANKACCTFROM>`,
          ]
    return `<${opens}><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS><${ends}><CURDEF>${currency}
${owner}
<BANKTRANLIST><DTSTART>${compact(fromDay)}<DTEND>${compact(throughDay)}
${entries.join('\n')}
</BANKTRANLIST><LEDGERBAL><BALAMT>${two(closing)}<DTASOF>${compact(throughDay)}</LEDGERBAL></${ends}></${opens}>`
  })
  const messages = sections[0]?.account.type === 'card' ? 'CREDITCARDMSGSRSV1' : 'BANKMSGSRSV1'
  return `OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20260301<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1>
<${messages}>${statements.join('\n')}</${messages}></OFX>
`
}

export function camt(sections: readonly Section[]): string {
  const statements = sections.map(({ account, currency, fromDay, throughDay, opening, closing, rows }, nth) => {
    const money = (amount: bigint): string =>
      `<Amt Ccy="${currency}">${two(size(amount))}</Amt><CdtDbtInd>${amount < 0n ? 'DBIT' : 'CRDT'}</CdtDbtInd>`
    const balance = (code: string, amount: bigint, day: string): string =>
      `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>${money(amount)}<Dt><Dt>${day}</Dt></Dt></Bal>`
    const entry = ({ line, day, isPending, bankId }: Row): string =>
      `<Ntry>${money(line.amount)}<Sts>${isPending ? 'PDNG' : 'BOOK'}</Sts><BookgDt><Dt>${day}</Dt></BookgDt><ValDt><Dt>${day}</Dt></ValDt><AcctSvcrRef>${bankId}</AcctSvcrRef><BkTxCd><Prtry><Cd>NTRF</Cd></Prtry></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>${line.reference === '' ? 'NOTPROVIDED' : line.reference}</EndToEndId></Refs><RmtInf><Ustrd>${line.text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`
    return `<Stmt><Id>S${nth + 1}</Id><CreDtTm>${throughDay}T23:00:00Z</CreDtTm><Acct><Id><IBAN>${account.number}</IBAN></Id><Ccy>${currency}</Ccy></Acct>
${balance('OPBD', opening, fromDay)}
${balance('CLBD', closing, throughDay)}
${rows.map(entry).join('\n')}
</Stmt>`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-01T00:00:00Z</CreDtTm></GrpHdr>
${statements.join('\n')}
</BkToCstmrStmt></Document>
`
}

/** A message per account, one after the other. */
export function mt940(sections: readonly Section[]): string {
  const messages = sections.map(({ account, currency, fromDay, throughDay, opening, closing, rows }, nth) => {
    const short = (day: string): string => compact(day).slice(2)
    const money = (amount: bigint): string => two(size(amount)).replace('.', ',')
    const balance = (day: string, amount: bigint): string =>
      `${amount < 0n ? 'D' : 'C'}${short(day)}${currency}${money(amount)}`
    const entry = ({ line, day, bankId }: Row): string =>
      `:61:${short(day)}${short(day).slice(2)}${line.amount < 0n ? 'D' : 'C'}${money(line.amount)}NTRF${line.reference === '' ? 'NONREF' : line.reference.slice(-16)}//${bankId.slice(-16)}\r\n:86:${line.text}`
    const entries = rows.filter(({ isPending }) => !isPending).map(entry)
    return [
      `:20:STMT${nth + 1}`,
      `:25:${account.number}`,
      ':28C:1/1',
      `:60F:${balance(fromDay, opening)}`,
      ...entries,
      `:62F:${balance(throughDay, closing)}`,
      '-',
    ].join('\r\n')
  })
  return `${messages.join('\r\n')}\r\n`
}
