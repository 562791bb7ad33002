/** What a message tells a person to type is accepted as it stands, once the words in capitals are filled in. */
import { describe, expect, it } from 'vitest'
import { newBook, post } from '../journals/support.ts'
import { CONFIG, newFolder, type Ran } from './support.ts'

const SIGNED = ['--by', 'Ann', '--why', 'the client disputes it'] as const
const TWO_PEOPLE = '    journals: { differentApprover: true }\n'

type Tieout = (...argv: readonly string[]) => Promise<Ran>

async function folderWithBooks(more = ''): Promise<Tieout> {
  const folder = newFolder(CONFIG.replace('    sources:', `${more}    sources:`))
  const database = await folder.database()
  const book = await newBook(database, 'agency')
  await post(database, book, [['panel', 'charge', 'netpanel', '4.50', '2026-03-01']])
  return folder.run
}

/** The commands in what was printed, each to the end of its line, as a person would type them. */
function commandsIn({ stdout, stderr }: Ran): readonly (readonly string[])[] {
  const found = `${stdout}${stderr}`.match(/tieout journals (?:hold|release|reverse|replace|approve|prepare|show) .*/g)
  return (found ?? []).map((command) => command.replace('NAME', 'Bob').replace('TEXT', 'settled').split(' ').slice(1))
}

async function typed(tieout: Tieout, ran: Ran): Promise<Ran> {
  const [command, ...others] = commandsIn(ran)
  expect([command, ...others]).toEqual([expect.any(Array)])
  return tieout(...(command ?? []))
}

describe('a command that a message names', () => {
  it('releases a day, which the listing and the hold itself say how to do', async () => {
    const tieout = await folderWithBooks()
    const held = await tieout('journals', 'hold', '2026-03-01', ...SIGNED)
    expect(await typed(tieout, await tieout('journals', 'list'))).toMatchObject({ exitCode: 0 })
    expect((await typed(tieout, held)).stdout).toContain('there is nothing to release')
  })

  it('reverses, replaces and reverses again', async () => {
    const tieout = await folderWithBooks()
    await tieout('journals', 'approve', '--by', 'Ann', '--through', '2026-03-31')
    const inForce = await tieout('journals', 'replace', 'AGENCY-20260301-1', ...SIGNED)
    const reversed = await typed(tieout, inForce)
    expect(reversed.stdout).toContain('AGENCY-20260301-2, dated 2026-03-01, sealed by Bob')
    const replaced = await typed(tieout, reversed)
    expect(replaced.stdout).toContain('AGENCY-20260301-3, dated 2026-03-01, sealed by Bob')
    const twice = await tieout('journals', 'replace', 'AGENCY-20260301-1', ...SIGNED)
    expect((await typed(tieout, twice)).stdout).toContain('it takes back AGENCY-20260301-3')
  })

  it('brings back what a reversal took, when somebody tries to reverse or replace the reversal', async () => {
    const tieout = await folderWithBooks()
    await tieout('journals', 'approve', '--by', 'Ann', '--through', '2026-03-31')
    await tieout('journals', 'reverse', 'AGENCY-20260301-1', ...SIGNED)
    const again = await tieout('journals', 'reverse', 'AGENCY-20260301-2', ...SIGNED)
    const replace = await tieout('journals', 'replace', 'AGENCY-20260301-2', ...SIGNED)
    expect(commandsIn(again)).toEqual(commandsIn(replace))
    expect(await typed(tieout, again)).toMatchObject({ exitCode: 0 })
  })

  it('prepares what nobody has prepared yet, and shows what is sealed', async () => {
    const tieout = await folderWithBooks(TWO_PEOPLE)
    const alone = await tieout('journals', 'approve', '--by', 'Ann', '--through', '2026-03-31')
    expect(alone.stdout).toContain('nobody has prepared it yet, and two people are required')
    const prepared = await typed(tieout, alone)
    expect(prepared.stdout).toContain('1 draft prepared by')
    expect(await tieout('journals', 'approve', '--by', 'Ann', '--through', '2026-03-31')).toMatchObject({ exitCode: 0 })
    const sealed = await tieout('journals', 'show', '2026-03-01')
    expect(sealed).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('sealed as AGENCY-20260301-1') })
    expect((await typed(tieout, sealed)).stdout).toContain('USD journal of 2026-03-01, approved')
  })
})
