import { describe, expect, it } from 'vitest'
import { buildEntries, type BuildContext, type DeliverableJournal } from '../../../src/targets/build/build-entries.ts'
import { reverseEntries } from '../../../src/targets/build/reverse-entries.ts'
import type { TargetEntry } from '../../../src/targets/entry.ts'
import { account, cents, company, context, journal, mapping, place } from './support.ts'

function entriesOf(of: DeliverableJournal, within: BuildContext): readonly TargetEntry[] {
  const built = buildEntries(of, within)
  if (!built.ok) throw new Error(built.reason)
  return built.entries
}

const ENDING = 'heads 9:1a2b3c4d5e6f7a8b 5.1:9f8e7d6c5b4a3f2e, book 3F9A01BC'

describe('a journal in the company currency', () => {
  it('becomes one entry with the accounts of the company', () => {
    const [entry, ...others] = entriesOf(journal(), context())
    expect(others).toEqual([])
    expect(entry).toEqual({
      document: 'ACME-20261105-1',
      date: '2026-11-05',
      currency: 'USD',
      exchangeRate: null,
      memo: `ACME-20261105-1 USD journal of 2026-11-05, ledger 1..9, ${ENDING}`,
      lines: [
        ['35', cents(-1234), 'Prepaid - SMM panel wallet, netpanel'],
        ['60', cents(1300), 'SMM services cost, netpanel'],
        ['61', cents(-66), 'SMM refunds, netpanel'],
      ].map(([id, amount, description]) => ({ account: id, amount, description, dimensions: [], entity: null })),
    })
  })

  it('gives no entry when nothing moves by a whole cent', () => {
    const lines = journal().lines.map((line) => ({ ...line, rounded: 0n }))
    expect(buildEntries(journal({ lines }), context())).toEqual({ ok: true, entries: [] })
  })

  it('says which journal a reversal takes back', () => {
    const [entry] = entriesOf(journal({ document: 'ACME-20261105-2', reverses: 'ACME-20261105-1' }), context())
    expect(entry?.memo).toBe(
      `ACME-20261105-2 USD journal of 2026-11-05, ledger 1..9, reverses ACME-20261105-1, ${ENDING}`,
    )
  })

  it.each<[string, Partial<DeliverableJournal>, string]>([
    [
      'for a closed period',
      { documentDate: '2026-12-01' },
      ', for 2026-11-05 because the books are closed through 2026-11-30',
    ],
    [
      'for a correction a person has dated',
      { documentDate: '2026-12-01', reverses: 'ACME-20261105-0' },
      ', reverses ACME-20261105-0, for 2026-11-05',
    ],
    ['for a replacement', { replaces: 'ACME-20261105-0' }, ', replaces ACME-20261105-0'],
  ])('says in the memo what its date and document mean: %s', (_, more, end) => {
    const [entry] = entriesOf(journal(more), context())
    expect(entry?.memo).toBe(`ACME-20261105-1 USD journal of 2026-11-05, ledger 1..9${end}, ${ENDING}`)
  })

  it('is split into parts that say so', () => {
    const parts = entriesOf(journal(), context({ target: { type: 'quickbooks', linesPerEntry: 2 } }))
    expect(parts.map(({ document, memo }) => [document, memo])).toEqual([
      ['ACME-20261105-1.1', `ACME-20261105-1.1 USD journal of 2026-11-05, part 1 of 2, ledger 1..9, ${ENDING}`],
      ['ACME-20261105-1.2', `ACME-20261105-1.2 USD journal of 2026-11-05, part 2 of 2, ledger 1..9, ${ENDING}`],
    ])
  })
})

describe('a closed period', () => {
  it('holds the journal by default', () => {
    expect(buildEntries(journal(), context({ closedThrough: '2026-11-30' }))).toEqual({
      ok: false,
      code: 'DELIVERY_FAILED',
      reason:
        'ACME-20261105-1 of 2026-11-05 is held: the books of Acme Books are closed through 2026-11-30. ' +
        'Open the period there, or set journals: { closedPeriod: first-open-day } for the book.',
    })
  })

  it('moves it to the first open day where the policy says so, with its own day in the memo', () => {
    const within = context({ closedThrough: '2026-11-30', policy: { closedPeriod: 'first-open-day' } })
    const [entry] = entriesOf(journal(), within)
    expect(entry?.date).toBe('2026-12-01')
    expect(entry?.memo).toBe(
      `ACME-20261105-1 USD journal of 2026-11-05, ledger 1..9, for 2026-11-05 because the books are closed through 2026-11-30, ${ENDING}`,
    )
    expect(entry?.lines[0]?.description).toBe('Prepaid - SMM panel wallet, netpanel (for 2026-11-05)')
  })
})

const receivable = account('84', 'Accounts Receivable (A/R)', { type: 'Accounts Receivable', needs: 'Customer' })
const payable = account('33', 'Accounts Payable (A/P)', { type: 'Accounts Payable', needs: 'Vendor' })
const entities = [
  { type: 'Customer' as const, id: '7', name: 'Payelancer', isActive: true },
  { type: 'Customer' as const, id: '8', name: 'Gone', isActive: false },
]

describe('an account that cannot be used', () => {
  it.each<[string, Partial<BuildContext>, string]>([
    [
      'is not in the mapping',
      { mapping: mapping({ accounts: new Map([['1310', place('Wallets:Netpanel')]]) }) },
      'mappings/quickbooks.yaml does not say where 5100:netpanel goes.',
    ],
    [
      'does not exist in the company, and the nearest one is proposed',
      {
        company: company({
          accounts: [account('60', 'SMM service'), ...company().accounts.filter(({ id }) => id !== '60')],
        }),
      },
      '5100:netpanel goes to "SMM services", which Acme Books does not have. Did you mean "SMM service"?',
    ],
    [
      'is inactive',
      { company: company({ accounts: company().accounts.map((each) => ({ ...each, isActive: each.id !== '60' })) }) },
      '5100:netpanel goes to "SMM services", which is inactive in Acme Books.',
    ],
    [
      'is there twice',
      { company: company({ accounts: [...company().accounts, account('99', 'SMM services', { code: '51' })] }) },
      'and Acme Books has 2 of them: SMM services (5100), id 60; SMM services (51), id 99.',
    ],
    [
      'may not be posted to',
      {
        company: company({
          accounts: company().accounts.map((each) =>
            each.id === '35' ? { ...each, refusal: 'It is a bank account.' } : each,
          ),
        }),
      },
      '1310:netpanel goes to "Wallets:Netpanel", which no journal entry may use. It is a bank account.',
    ],
    [
      'is kept in another currency',
      { company: company({ accounts: company().accounts.map((each) => ({ ...each, currency: 'EUR' })) }) },
      '1310:netpanel goes to "Wallets:Netpanel", which is kept in EUR, and the entry is in USD.',
    ],
    [
      'is a receivable without its customer',
      {
        company: company({ accounts: [...company().accounts, receivable] }),
        mapping: mapping({ accounts: new Map([...mapping().accounts, ['1310', place(receivable.name)]]) }),
      },
      'whose lines must name a customer: write it in the mapping as { name: "Accounts Receivable (A/R)", entity: \'…\' }.',
    ],
    [
      'is a receivable of a customer who is gone',
      {
        company: company({ accounts: [...company().accounts, receivable], entities }),
        mapping: mapping({
          accounts: new Map([...mapping().accounts, ['1310', place(receivable.name, { entity: 'Gone' })]]),
        }),
      },
      'and Acme Books has no active customer called "Gone".',
    ],
  ])('because it %s holds the journal whole', (_, more, sentence) => {
    const built = buildEntries(journal(), context(more))
    expect(built).toMatchObject({ ok: false, code: 'UNMAPPED' })
    expect(!built.ok && built.reason).toContain(sentence)
  })

  it('names every problem at once', () => {
    const built = buildEntries(journal(), context({ company: company({ accounts: [] }) }))
    expect(!built.ok && built.reason.match(/does not have/g)).toHaveLength(3)
  })
})

describe('receivables and payables', () => {
  const withEntities = company({
    accounts: [...company().accounts, receivable, payable],
    entities: [...entities, { type: 'Vendor', id: '9', name: 'Netpanel', isActive: true }],
  })
  const asReceivable = place(receivable.name, { entity: 'Payelancer' })

  it('name the customer of the mapping', () => {
    const within = context({
      company: withEntities,
      mapping: mapping({ accounts: new Map([...mapping().accounts, ['1310', asReceivable]]) }),
    })
    expect(entriesOf(journal(), within)[0]?.lines[0]).toMatchObject({
      account: '84',
      entity: { type: 'Customer', id: '7' },
    })
  })

  it('are one account in an entry', () => {
    const accounts = new Map([
      ...mapping().accounts,
      ['1310', asReceivable] as const,
      ['5190', place(payable.name, { entity: 'Netpanel' })] as const,
    ])
    const built = buildEntries(journal(), context({ company: withEntities, mapping: mapping({ accounts }) }))
    expect(!built.ok && built.reason).toContain(
      'The journal touches the receivables or payables "Accounts Receivable (A/R)" and "Accounts Payable (A/P)"',
    )
  })
})

describe('a reversal', () => {
  it('takes back what was sent, whatever the mapping says now', () => {
    const within = context({ target: { type: 'quickbooks', linesPerEntry: 2 } })
    const originals = entriesOf(journal(), within)
    const reversal = journal({ document: 'ACME-20261105-2', reverses: 'ACME-20261105-1' })
    const built = reverseEntries(reversal, originals, within)
    expect(built.ok && built.entries.map(({ document, memo }) => [document, memo])).toEqual([
      [
        'ACME-20261105-2.1',
        `ACME-20261105-2.1 USD journal of 2026-11-05, part 1 of 2, ledger 1..9, reverses ACME-20261105-1, ${ENDING}`,
      ],
      [
        'ACME-20261105-2.2',
        `ACME-20261105-2.2 USD journal of 2026-11-05, part 2 of 2, ledger 1..9, reverses ACME-20261105-1, ${ENDING}`,
      ],
    ])
    const amounts = (entries: readonly TargetEntry[]) =>
      entries.flatMap(({ lines }) => lines.map(({ account: id, amount }) => [id, amount]))
    expect(built.ok && amounts(built.entries)).toEqual(
      amounts(originals).map(([id, amount]) => [id, -BigInt(amount ?? 0)]),
    )
  })

  it('goes by the policy for closed periods like any other', () => {
    const originals = entriesOf(journal(), context())
    const reversal = journal({ document: 'ACME-20261105-2', reverses: 'ACME-20261105-1' })
    const closed = context({ closedThrough: '2026-11-30' })
    expect(reverseEntries(reversal, originals, closed)).toMatchObject({ ok: false, code: 'DELIVERY_FAILED' })
    const moved = reverseEntries(reversal, originals, { ...closed, policy: { closedPeriod: 'first-open-day' } })
    expect(moved.ok && moved.entries[0]?.date).toBe('2026-12-01')
  })
})
