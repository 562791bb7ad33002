/** CAMT in its versions: balances of every kind, batches, reversals, charges, pages, and what is refused. */
import { describe, expect, it } from 'vitest'
import { balancesOf, linesOf, open, openFixture, refusalOf } from './open-support.ts'

interface Parts {
  readonly balances?: string
  readonly entries?: string
  readonly head?: string
  readonly kind?: 'BkToCstmrStmt' | 'BkToCstmrAcctRpt'
}

const balance = (code: string, amount: string, direction = 'CRDT', currency = 'EUR'): string =>
  `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="${currency}">${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd><Dt><Dt>2026-01-31</Dt></Dt></Bal>\n`
const entry = (amount: string, direction = 'CRDT', more = '', status = 'BOOK'): string =>
  `<Ntry><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd><Sts>${status}</Sts><BookgDt><Dt>2026-01-05</Dt></BookgDt>${more}</Ntry>\n`
const details = (...payments: readonly string[]): string =>
  `<NtryDtls>${payments.map((each) => `<TxDtls>${each}</TxDtls>`).join('')}</NtryDtls>`

function file({
  balances = balance('OPBD', '100.00') + balance('CLBD', '110.00'),
  entries = entry('10.00'),
  head = '',
  kind = 'BkToCstmrStmt',
}: Parts): string {
  const inner = kind === 'BkToCstmrStmt' ? 'Stmt' : 'Rpt'
  return `<?xml version="1.0"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><${kind}><${inner}><Id>S</Id>${head}<Acct><Id><IBAN>DE1</IBAN></Id></Acct>\n${balances}${entries}</${inner}></${kind}></Document>`
}

const first = (entries: string) => open(file({ entries })).sections[0]?.lines[0]

/** What a bank would lend, as part of a balance or beside it. */
const withLine = (each: string, isIncluded: boolean, amount = '<Amt Ccy="EUR">1000.00</Amt>'): string =>
  each.replace('<Dt><Dt>', `<CdtLine><Incl>${isIncluded}</Incl>${amount}</CdtLine><Dt><Dt>`)

describe('a credit line of CAMT', () => {
  it.each([
    ['beside the balances', withLine(balance('OPBD', '100'), false), 'EUR 100.00 → 110.00 foots'],
    ['in the balances', withLine(balance('OPBD', '1100'), true), 'EUR 100.00 → 110.00 foots'],
    ['in a balance, without saying how much', withLine(balance('OPBD', '1100'), true, ''), 'EUR ? → 110.00 unproven'],
  ])("%s is nobody's money", (_name, opening, expected) => {
    expect(balancesOf(open(file({ balances: opening + balance('CLBD', '110') }), { accountKind: 'bank' }))).toEqual([
      expected,
    ])
  })

  it('is left in what was landed before it was taken out', () => {
    const balances = withLine(balance('OPBD', '1100'), true) + withLine(balance('CLBD', '1110'), true)
    expect(balancesOf(open(file({ balances })))).toEqual(['EUR 1100.00 → 1110.00 foots'])
  })
})

describe('CAMT', () => {
  it('is read with prefixes, batches, pending entries and entities', () => {
    const statement = openFixture('camt-053-v8.xml')
    expect(statement.format).toBe('camt')
    expect(balancesOf(statement)).toEqual(['EUR 100.00 → 80.50 foots'])
    expect(linesOf(statement)).toEqual(['2026-01-05 -19.50 Müller | Inv 7', '2026-02-05 -5.00 (pending)  | '])
    expect(statement.sections[0]?.lines[0]).toMatchObject({
      line: 1,
      externalId: 'R1',
      group: 'P9',
      references: ['P9', 'E1 & co', 'E2'],
      rawType: 'PMNT/ICDT/ESCT',
      atMs: Date.parse('2026-01-05T22:30:00Z'),
    })
  })

  it.each([
    ['OPBD and CLBD', balance('OPBD', '100') + balance('CLBD', '110'), 'EUR 100.00 → 110.00 foots'],
    ['PRCD and CLBD', balance('PRCD', '100') + balance('CLBD', '110'), 'EUR 100.00 → 110.00 foots'],
    ['debit balances', balance('OPBD', '10', 'DBIT') + balance('CLBD', '0'), 'EUR -10.00 → 0.00 foots'],
    ['two interim balances', balance('ITBD', '100') + balance('ITBD', '110'), 'EUR 100.00 → 110.00 foots'],
    ['an opening and an interim balance', balance('OPBD', '100') + balance('ITBD', '110'), 'EUR 100.00 → 110.00 foots'],
    ['one interim balance', balance('ITBD', '110'), 'EUR ? → 110.00 unproven'],
    ['available balances only', balance('OPAV', '100') + balance('CLAV', '110'), 'EUR ? → ? unproven'],
    [
      "balances in the bank's own words",
      (balance('OPBD', '100') + balance('CLBD', '110')).replaceAll('Cd>', 'Prtry>'),
      'EUR 100.00 → 110.00 foots',
    ],
    ['none', '', 'EUR ? → ? unproven'],
    [
      'a wrong closing',
      balance('OPBD', '100') + balance('CLBD', '111'),
      'EUR 100.00 → 111.00 differs by 1.00: The closing balance is 111.00, but the opening balance and the lines come to 110.00.',
    ],
  ])('foots by %s', (_name, balances, expected) => {
    expect(balancesOf(open(file({ balances })))).toEqual([expected])
    expect(balancesOf(open(file({ balances, kind: 'BkToCstmrAcctRpt' })))).toEqual([expected])
  })

  it.each([
    ['CRDT', '', 1_000_000_000n, 'Payer'],
    ['DBIT', '', -1_000_000_000n, 'Payee'],
    ['DBIT', '<RvslInd>true</RvslInd>', -1_000_000_000n, 'Payer'],
    ['CRDT', '<RvslInd>1</RvslInd>', 1_000_000_000n, 'Payee'],
  ])('signs %s %s by its own direction and names the other side', (direction, reversal, amount, counterparty) => {
    const parties = details('<RltdPties><Dbtr><Nm>Payer</Nm></Dbtr><Cdtr><Nm>Payee</Nm></Cdtr></RltdPties>')
    expect(first(entry('10.00', direction, reversal + parties))).toMatchObject({ amount, counterparty })
  })

  it('keeps charges that were taken from the amount, and no others', () => {
    const charges = (included: string): string =>
      `<Chrgs><Rcrd><Amt Ccy="EUR">0.30</Amt><CdtDbtInd>DBIT</CdtDbtInd><ChrgInclInd>${included}</ChrgInclInd></Rcrd></Chrgs>`
    expect(first(entry('9.70', 'CRDT', charges('true')))).toMatchObject({
      amount: 970_000_000n,
      fee: 30_000_000n,
      gross: 1_000_000_000n,
    })
    expect(first(entry('10.00', 'CRDT', charges('false')))).toMatchObject({ fee: null, gross: null })
  })

  it('makes one line of a batch, with the ids of all its payments', () => {
    const batch = details(
      '<Refs><EndToEndId>E1</EndToEndId></Refs><Amt Ccy="EUR">4</Amt><RmtInf><Ustrd>a</Ustrd><Ustrd>b</Ustrd></RmtInf>',
      '<Refs><EndToEndId>NOTPROVIDED</EndToEndId><TxId>T2</TxId></Refs><Amt Ccy="EUR">6</Amt><RmtInf><Strd><CdtrRefInf><Ref>RF18</Ref></CdtrRefInf></Strd></RmtInf>',
    )
    expect(first(entry('10.00', 'CRDT', batch))).toMatchObject({
      references: ['E1', 'T2', 'RF18'],
      description: 'a b',
      externalId: null,
    })
  })

  it('is called as its one payment is, where the entry does not say', () => {
    const code = '<BkTxCd><Prtry><Cd>NTRF+116</Cd></Prtry></BkTxCd>'
    expect(first(entry('10.00', 'CRDT', `<BkTxCd/>${details(code)}`))?.rawType).toBe('NTRF+116')
    expect(first(entry('10.00', 'CRDT', `${details(code, code)}<AddtlNtryInf>A\n  B</AddtlNtryInf>`))).toMatchObject({
      rawType: '',
      description: 'A B',
    })
  })

  it.each([
    ['PDNG', 'pending'],
    ['INFO', 'information'],
    ['FUTR', 'pending'],
    ['<Cd>BOOK</Cd>', null],
    ['<Prtry>BOOK</Prtry>', null],
  ])('counts the status %s as %s', (status, uncounted) => {
    expect(first(entry('10.00', 'CRDT', '', status))?.uncounted).toBe(uncounted)
  })

  it('keeps what is written where XML allows it not, as long as it is only text', () => {
    const named = (text: string) => first(entry('10.00', 'CRDT', `<AddtlNtryInf>${text}</AddtlNtryInf>`))?.description
    expect(named('A &amp; B &#8364; &nbsp;C')).toBe('A & B € C')
    expect(named('A &unknown; B <![CDATA[<C> &amp;]]> <!-- <Ntry> -->')).toBe('A &unknown; B <C> &amp;')
    expect(named(`A${String.fromCodePoint(2)}B`)).toBe('AB')
    const lines = open(`\n\n${file({ entries: entry('1') + entry('9') })}`).sections[0]?.lines
    expect(lines).toHaveLength(2)
    expect(refusalOf(() => open(`\n\n${file({ entries: entry('x') })}`))).toMatch(/entry 1 \(line 7\)/)
  })

  it('keeps currencies apart', () => {
    const entries = entry('10.00') + entry('7.00').replace('"EUR"', '"USD"')
    expect(balancesOf(open(file({ entries })))).toEqual(['EUR 100.00 → 110.00 foots', 'USD ? → ? unproven'])
  })

  it('tells of pages, copies and missing entries', () => {
    const head = '<StmtPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></StmtPgntn><CpyDplctInd>DUPL</CpyDplctInd>'
    const summary = '<TxsSummry><TtlNtries><NbOfNtries>3</NbOfNtries></TtlNtries></TxsSummry>'
    expect(open(file({ head: head + summary })).remarks).toEqual([
      'Statement S is page 1 of several; the others are in other files.',
      'Statement S is a copy (DUPL) of one the bank has given before.',
      'Statement S says it has 3 entries and has 1; the bank may count otherwise, or the file is not whole.',
    ])
  })

  it.each([
    [file({ entries: entry('10,x') }), /entry 1 \(line 5\): its amount cannot be read/],
    [file({ entries: entry('1') + entry('10', 'UP') }), /entry 2 \(line 6\): it cannot be read: CdtDbtInd/],
    [file({ entries: entry('10', 'CRDT', '', 'WHAT') }), /entry 1 \(line 5\): its status is "WHAT"/],
    [file({ entries: entry('10').replace(/<BookgDt>.*<\/BookgDt>/, '') }), /neither a booking date nor a value date/],
    [file({ entries: entry('10').replace('2026-01-05', '2026-02-30') }), /neither a booking date nor a value date/],
    [file({ entries: entry('10').replace(' Ccy="EUR"', '') }), /entry 1 \(line 5\): it cannot be read: Amt/],
    [file({ entries: entry('1').replace('</Ntry>', '') }), /it is no whole XML/],
    [file({}).replace('<Document', '<!DOCTYPE a [<!ENTITY b "c">]><Document'), /document type/],
    [file({}).replaceAll('BkToCstmrStmt', 'BkToCstmrDbtCdtNtfctn'), /camt\.054.*Import the statement/],
  ])('refuses with the entry and its line: case %#', (content, message) => {
    expect(refusalOf(() => open(content))).toMatch(message)
  })
})

describe('CAMT nested as no statement is', () => {
  it('is refused where it becomes too deep', () => {
    const deep = `<?xml version="1.0"?><Document><BkToCstmrStmt><Stmt>${'<A>\n'.repeat(100_000)}`
    expect(refusalOf(() => open(deep))).toContain("its elements are nested more than 100 deep, as no statement's are")
  })
})
