/**
 * A credit card in a book: its statements show what is owed, its account in the ledger is a liability, and what the bank
 * pays to it is a transfer between one's own accounts.
 */
import { expect, it } from 'vitest'
import { loadMappings } from '../../src/config/mappings.ts'
import { formatMoney } from '../../src/domain/money/money.ts'
import { listSections } from '../../src/evidence/statements/files.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { cash, proofsOf } from '../proofs/proven-book.ts'
import { payments } from './scripted-book.ts'
import { bring, expectSameAfterReplay, linesOf, refusal, rigOf } from './statement-support.ts'
import { nightMs, type Rig } from './harness.ts'

const config = (card: string): string => `database: sqlite:./tieout.db
books:
  - name: agency
    currency: USD
    accounts:
      - name: checking
        type: bank
        currency: USD
        rules: [{ contains: CARD PAYMENT, means: transfer, account: visa }]
      - name: visa
        ${card}
        currency: USD
        rules:
          - { contains: THANK YOU, means: transfer, account: checking }
          - { contains: ANNUAL FEE, means: bank-charge }
    sources:
      - { name: panel, type: panel, baseUrl: 'https://panel.example/api/v2', apiKey: { env: K }, currency: USD }
`
/** What a positive amount is on a card is what the account says. */
const CARD_SAID = "type: card\n        columns: 'sign=out-positive'"
const OPENINGS = ['2026-03-01,checking,opening-balance,1000.00,USD,,', '2026-03-01,visa,opening-balance,-100.00,USD,,']
const CARD = [
  'Date,Description,Amount,Balance',
  '2026-03-04,ANNUAL FEE,45.10,145.10',
  '2026-03-07,THANK YOU,-100.00,45.10',
  '',
].join('\n')
const BANK = [
  'Date,Description,Amount,Balance',
  '2026-03-05,CARD PAYMENT,-100.00,900.00',
  '2026-03-06,A CLIENT,20.00,920.00',
  '',
].join('\n')
const OFX = `OFXHEADER:100\n\n<OFX><CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS><CURDEF>USD<CCACCTFROM><ACCTID>4111222233334444</CCACCTFROM><BANKTRANLIST><STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260309<TRNAMT>-5.00<FITID>F1<NAME>SHOP</STMTTRN></BANKTRANLIST><LEDGERBAL><BALAMT>50.10<DTASOF>20260310</LEDGERBAL></CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1></OFX>`

async function balances({ database, bookRow }: Rig): Promise<Readonly<Record<string, string>>> {
  const { id } = await bookRow()
  const rows = await database.kysely
    .selectFrom('balance as b')
    .innerJoin('account as a', (join) => join.onRef('a.book', '=', 'b.book').onRef('a.id', '=', 'b.account'))
    .select(['a.key', 'b.debit', 'b.credit'])
    .where('b.book', '=', id)
    .execute()
  const sums = new Map<string, bigint>()
  for (const { key, debit, credit } of rows) sums.set(key, (sums.get(key) ?? 0n) + debit - credit)
  return Object.fromEntries([...sums].flatMap(([key, sum]) => (sum === 0n ? [] : [[key, formatMoney(sum)]])))
}

async function closings({ database, bookRow }: Rig): Promise<readonly (string | null)[]> {
  const sections = await listSections(database.kysely, (await bookRow()).id, {})
  return sections.map(({ closing, footing }) => `${closing === null ? '?' : formatMoney(closing)} ${footing}`)
}

it('is a liability in the chart, with an account in every mapping of the package', () => {
  const { chart } = loadMappings()
  expect(chart.accounts.get('2050')).toMatchObject({ type: 'liability', normal: 'credit' })
})

describeOnSqlite('a card', (fresh) => {
  it('owes what its statement says, and is paid from the bank', async () => {
    const rig = rigOf(await fresh(), config(CARD_SAID))
    await rig.importEvidence(nightMs(30), payments(...OPENINGS))
    await bring(rig, 'visa.csv', CARD, 'visa')
    await bring(rig, 'checking.csv', BANK)
    expect(await closings(rig)).toEqual(['-45.10 foots', '920.00 foots'])
    expect(await linesOf(rig)).toEqual([
      'checking 2026-03-05 -100.00',
      'checking 2026-03-06 20.00',
      'visa 2026-03-04 -45.10',
      'visa 2026-03-07 100.00',
    ])
    // Owed 45.10, and nothing on its way between the two.
    expect(await balances(rig)).toEqual({
      '1000:checking': '900.00',
      '2050:visa': '-45.10',
      '3900': '-900.00',
      '6110': '45.10',
    })
    expect(cash(await proofsOf(rig))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^visa 2026-03: -100\.00 100\.00 45\.10 -45\.10, unexplained 0\.00$/),
      ]),
    )
    await expectSameAfterReplay(rig)
  })

  it('takes the OFX of a card, whose balance follows from what was owed before', async () => {
    const rig = rigOf(await fresh(), config(CARD_SAID))
    await bring(rig, 'visa.csv', CARD, 'visa')
    await bring(rig, 'visa.ofx', OFX, 'visa')
    expect(await closings(rig)).toEqual(['-45.10 foots', '-50.10 unproven'])
    await expectSameAfterReplay(rig)
  })

  it('is not taken for a bank account, nor a bank account for it', async () => {
    const rig = rigOf(await fresh(), config('type: bank'))
    const asked = await refusal(bring(rig, 'visa.ofx', OFX, 'visa'))
    expect(asked).toMatch(/^STATEMENT_OTHER_ACCOUNT: visa\.ofx is the statement of a credit card.* is a bank account\./)
    expect(asked).toContain('type: card in tieout.yaml')
    const other = rigOf(await fresh(), config('type: card'))
    const checking = OFX.replaceAll('CCSTMT', 'STMT').replaceAll('CCACCTFROM', 'BANKACCTFROM')
    const held = checking.replace('<ACCTID>', '<ACCTTYPE>CHECKING<ACCTID>')
    expect(await refusal(bring(other, 'checking.ofx', held, 'visa'))).toContain('type: bank in tieout.yaml')
    expect(await linesOf(other)).toEqual([])
  })

  it('is refused with its setting where a bank account gets a file that says it is a card', async () => {
    const rig = rigOf(await fresh(), config('type: bank'))
    const text = CARD.replace('Date,', 'Card number,Date,').replaceAll('2026-03-', '1234,2026-03-')
    expect(await refusal(bring(rig, 'visa.csv', text, 'visa'))).toContain('type: card in tieout.yaml')
    expect(await linesOf(rig)).toEqual([])
  })
})
