import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { approvalMapping } from '../../src/config/approval-mapping.ts'
import { parseConfig } from '../../src/config/load.ts'
import { loadMappings, type Mappings } from '../../src/config/mappings.ts'
import { unmappedAccounts } from '../../src/domain/accounts.ts'
import { temporaryFolder } from '../support/temp-folder.ts'

const own = loadMappings()

/** The package's mappings without some accounts. */
function without(quickbooks: readonly string[], xero: readonly string[]): Mappings {
  const left = <T>(accounts: ReadonlyMap<string, T>, gone: readonly string[]) =>
    new Map([...accounts].filter(([key]) => !gone.includes(key)))
  const { delivery } = own
  return {
    ...own,
    delivery: {
      quickbooks: { ...delivery.quickbooks, accounts: left(delivery.quickbooks.accounts, quickbooks) },
      xero: { ...delivery.xero, accounts: left(delivery.xero.accounts, xero) },
    },
  }
}

function bookWith(targets: string) {
  const source = "{ name: p, type: panel, baseUrl: 'https://p.example', apiKey: { env: K }, currency: USD }"
  const text = `database: sqlite:./t.db\ntokenKey: { env: T }\nbooks: [{ name: agency, currency: USD, sources: [${source}], targets: [${targets}] }]\n`
  const [book] = parseConfig(text, 'tieout.yaml').books
  if (book === undefined) throw new Error('the text has one book')
  return book
}

const QUICKBOOKS = '{ name: a, type: quickbooks, from: "2026-01-01", clientId: { env: A }, clientSecret: { env: B } }'
const XERO = '{ name: b, type: xero, from: "2026-01-01", clientId: { env: A }, clientSecret: { env: B } }'

describe('what a journal must have a place for before it is approved', () => {
  it("goes by a target's own mapping file, which the configuration names", () => {
    const file = join(temporaryFolder(), 'own.yaml')
    writeFileSync(file, "accounts: { '1310': Wallets, '5190': Refunds }\n")
    const book = bookWith(QUICKBOOKS.replace('}, clientSecret', `}, mapping: '${file}', clientSecret`))
    expect(unmappedAccounts(approvalMapping(book, own), ['1310:p', '5100:p', '5190:p'])).toEqual(['5100:p'])
  })

  it.each([
    ['the chart alone without a target', '', []],
    ['QuickBooks', QUICKBOOKS, ['5100:p']],
    ['Xero', XERO, ['5190:p']],
    ['every target there is', `${QUICKBOOKS}, ${XERO}`, ['5100:p', '5190:p']],
  ])('is %s', (_, targets, missing) => {
    const mapping = approvalMapping(bookWith(targets), without(['5100'], ['5190']))
    expect(unmappedAccounts(mapping, ['1310:p', '5100:p', '5190:p'])).toEqual(missing)
  })
})
