/** A tie-out goes by what was delivered, not by numbers: a renamed entry still counts, and a copy under any number too. */
import { expect, it } from 'vitest'
import { formatMoney } from '../../src/domain/money/money.ts'
import { tieOut } from '../../src/targets/outbox/tie-out.ts'
import { describeOnSqlite } from '../support/databases.ts'
import type { Stored } from './journal-service.ts'
import { bench, pass, verify, type Bench } from './support.ts'

const FIRST = 'ACMEADS-20261101-1'

async function delivered(made: Bench): Promise<Stored> {
  await pass(made.work)
  await verify(made.work)
  const [first] = made.service.entries
  if (first === undefined) throw new Error('nothing was delivered')
  return first
}

async function tied({ work }: Bench) {
  const answer = await tieOut(work)
  if (!answer.ok) throw new Error(answer.stop.message)
  return answer.tieOut
}

describeOnSqlite('a tie-out', (fresh) => {
  it.each([
    ['its number', (text: string) => text.replace(`"document":"${FIRST}"`, '"document":"1001"')],
    ['number and memo', (text: string) => text.replaceAll(FIRST, '1001')],
  ])('counts an entry whose %s somebody changed, and says so', async (_what, rename) => {
    const made = await bench(await fresh(), 2)
    const first = await delivered(made)
    first.text = rename(first.text)
    const { accounts, strange, isTied } = await tied(made)
    expect(accounts.map(({ difference }) => difference)).toEqual([0n, 0n])
    expect(strange).toEqual([`${FIRST} (id 1) was renamed in the target, where its number is 1001 now.`])
    expect(isTied).toBe(false)
  })

  it.each([
    ['another number', (text: string) => text.replace(`"document":"${FIRST}"`, '"document":"1001"')],
    ['another number and memo', (text: string) => text.replaceAll(FIRST, '1001')],
  ])('does not tie out with a copy under %s', async (_what, rename) => {
    const made = await bench(await fresh(), 2)
    const first = await delivered(made)
    expect((await tied(made)).isComplete).toBe(true)
    made.service.entries.push({ ...first, id: '99', text: rename(first.text) })
    const { accounts, strange, isTied, isComplete } = await tied(made)
    expect({ isTied, isComplete }).toEqual({ isTied: false, isComplete: false })
    expect(accounts.map(({ unexplained }) => formatMoney(unexplained)).toSorted()).toEqual(['-1.25', '1.25'])
    expect(strange).toEqual(['The target holds 1001 as id 99, which was not delivered from here.'])
  })
})
