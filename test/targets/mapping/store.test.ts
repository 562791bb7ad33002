/** What is kept of companies and of accepted mappings: every change with who and when, and nothing ever changed or deleted. */
import { expect, it } from 'vitest'
import {
  companyAnswers,
  knownCompany,
  saveCompany,
  type TargetKey,
} from '../../../src/targets/mapping/company-store.ts'
import { acceptMapping, acceptedMapping, mappingVersions } from '../../../src/targets/mapping/versions.ts'
import { newBook } from '../../journals/support.ts'
import { describeOnBothEngines } from '../../support/both-engines.ts'
import { type Fresh } from '../../support/databases.ts'
import { company } from '../build/support.ts'

async function place(fresh: Fresh) {
  const database = await fresh()
  const key: TargetKey = { book: (await newBook(database)).id, target: 'books' }
  return { kysely: database.kysely, key }
}

describeOnBothEngines('the company of a target', (fresh) => {
  it('is kept with its answers when it changed, and else only noted as seen', async () => {
    const { kysely, key } = await place(fresh)
    expect(await knownCompany(kysely, key)).toBeNull()
    const first = company({ raw: ['{"a":1}', 'é'] })
    expect(await saveCompany(kysely, key, first, { by: 'ann', nowMs: 1000 })).toEqual({ isChanged: true })
    const again = { ...first, raw: ['{"a":2}'] }
    expect(await saveCompany(kysely, key, again, { by: 'bob', nowMs: 2000 })).toEqual({ isChanged: false })
    expect(await knownCompany(kysely, key)).toEqual({
      id: 1,
      company: { ...first, raw: [] },
      pulledBy: 'ann',
      pulledAtMs: 1000,
      checkedAtMs: 2000,
    })
    expect(await companyAnswers(kysely, key, 1)).toEqual(first.raw)
    const closed = { ...first, closedThrough: '2026-10-31' }
    expect(await saveCompany(kysely, key, closed, { by: 'bob', nowMs: 3000 })).toEqual({ isChanged: true })
    expect(await knownCompany(kysely, key)).toMatchObject({
      id: 2,
      pulledBy: 'bob',
      company: { closedThrough: '2026-10-31' },
    })
    expect(await knownCompany(kysely, { ...key, target: 'other' })).toBeNull()
    expect(await companyAnswers(kysely, key, 9)).toEqual([])
  })
})

describeOnBothEngines('the accepted mapping', (fresh) => {
  it('has a version for every change, with who, when and the lines that changed', async () => {
    const { kysely, key } = await place(fresh)
    expect(await acceptedMapping(kysely, key)).toBeNull()
    const one = ['account 1310: name "W"', 'account 5100: name "C"']
    const two = ['account 1310: name "W"', 'account 5100: name "D"', 'account 6100: name "F"']
    expect(await acceptMapping(kysely, key, one, { by: 'ann', nowMs: 1 })).toMatchObject({ version: 1, lines: one })
    expect(await acceptMapping(kysely, key, one, { by: 'bob', nowMs: 2 })).toBeNull()
    await acceptMapping(kysely, key, two, { by: 'bob', nowMs: 3 })
    const [first, second] = await mappingVersions(kysely, key)
    expect(first).toMatchObject({ acceptedBy: 'ann', acceptedAtMs: 1, changes: one.map((line) => `+ ${line}`) })
    expect(second).toMatchObject({
      version: 2,
      acceptedBy: 'bob',
      lines: two,
      changes: ['- account 5100: name "C"', '+ account 5100: name "D"', '+ account 6100: name "F"'],
    })
    expect(first?.hash).not.toBe(second?.hash)
    // Going back is a version like any other.
    expect(await acceptMapping(kysely, key, one, { by: 'ann', nowMs: 4 })).toMatchObject({
      version: 3,
      hash: first?.hash,
    })
  })
})
