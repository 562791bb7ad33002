/** What a person does about journals from the command line: hold, release, reverse, replace. */
import { describe, expect, it } from 'vitest'
import { newBook, post } from '../journals/support.ts'
import { newFolder, type Ran } from './support.ts'

const ANN = ['--by', 'Ann', '--why', 'the client disputes it'] as const

async function folderWithBooks(): Promise<(...argv: string[]) => Promise<Ran>> {
  const folder = newFolder()
  const database = await folder.database()
  const book = await newBook(database, 'agency')
  await post(database, book, [
    ['panel', 'charge', 'netpanel', '4.50', '2026-03-01'],
    ['panel', 'charge', 'netpanel', '1.00', '2026-03-02'],
  ])
  return folder.run
}

const approve = ['journals', 'approve', '--by', 'Bob', '--through'] as const

describe('tieout journals hold', () => {
  it('keeps a day from being approved until it is released, and says who and why', async () => {
    const run = await folderWithBooks()
    const held = await run('journals', 'hold', '2026-03-01', ...ANN)
    expect(held.stdout).toBe(
      'The drafts of 2026-03-01 are held by Ann: nobody can approve them. To let them go: tieout journals release 2026-03-01 --by NAME --why TEXT\n',
    )
    expect((await run('journals', 'hold', '2026-03-01', ...ANN)).stdout).toContain('held already, by Ann')
    const approved = await run(...approve, '2026-03-31')
    expect(approved.exitCode).toBe(1)
    expect(approved.stdout).toContain('1 journal approved by Bob: AGENCY-20260302-1.')
    expect(approved.stdout).toContain(
      'The USD journal of 2026-03-01 is held. Held by Ann since 2026-03-20: the client disputes it.',
    )
    expect((await run('journals', 'list')).stdout).toMatch(/2026-03-01 +held +USD/)
    expect((await run('journals', 'release', '2026-03-01', ...ANN)).stdout).toContain('released by Ann')
    expect((await run('journals', 'release', '2026-03-01', ...ANN)).stdout).toContain('nothing to release')
    expect((await run(...approve, '2026-03-31')).stdout).toContain('AGENCY-20260301-1')
  })

  it('keeps a sealed journal from its delivery, shown where it is listed', async () => {
    const run = await folderWithBooks()
    await run(...approve, '2026-03-31')
    const held = await run('journals', 'hold', 'agency-20260301-1', ...ANN)
    expect(held.stdout).toBe(
      'AGENCY-20260301-1 is held by Ann: it is not delivered. To let it go: tieout journals release AGENCY-20260301-1 --by NAME --why TEXT\n',
    )
    expect((await run('journals', 'list')).stdout).toMatch(/AGENCY-20260301-1 .*Bob +held by Ann/)
    expect((await run('journals', 'show', 'AGENCY-20260301-1')).stdout).toContain(
      'Held by Ann since 2026-03-20: the client disputes it.',
    )
    const unknown = await run('journals', 'hold', 'AGENCY-1', ...ANN)
    expect(unknown).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('has no journal "AGENCY-1"') })
  })
})

describe('tieout journals reverse and replace', () => {
  it('seal what takes a journal back, and what brings it again', async () => {
    const run = await folderWithBooks()
    await run(...approve, '2026-03-31')
    const rehearsed = await run('journals', 'reverse', 'AGENCY-20260301-1', ...ANN, '--dry-run')
    expect(rehearsed.stdout).toBe(
      'AGENCY-20260301-2, dated 2026-03-01, would be sealed by Ann: it takes back AGENCY-20260301-1.\n',
    )
    const reversed = await run('journals', 'reverse', 'AGENCY-20260301-1', ...ANN, '--date', '2026-03-20')
    expect(reversed).toMatchObject({ exitCode: 0, stderr: '' })
    expect(reversed.stdout.split('\n').slice(0, 3)).toEqual([
      'AGENCY-20260301-2, dated 2026-03-20, sealed by Ann: it takes back AGENCY-20260301-1.',
      'Its range is not drafted again by itself. To bring it back: tieout journals replace AGENCY-20260301-1 --by NAME --why TEXT',
      'Hand out with one of these:',
    ])
    const replaced = await run('journals', 'replace', 'AGENCY-20260301-1', ...ANN)
    expect(replaced.stdout).toContain(
      'AGENCY-20260301-3, dated 2026-03-01, sealed by Ann: it brings again AGENCY-20260301-1.',
    )
    const { stdout } = await run('journals', 'list')
    expect(stdout).toMatch(/AGENCY-20260301-1 .*reversed by AGENCY-20260301-2, replaced by AGENCY-20260301-3/)
    expect(stdout).toMatch(/AGENCY-20260301-2 .*takes back AGENCY-20260301-1/)
    expect(stdout).toContain('4 journals approved, 0 drafts, 0 held.')
    const shown = await run('journals', 'show', 'AGENCY-20260301-2')
    expect(shown.stdout).toContain('Because: the client disputes it')
    expect(shown.stdout).toContain('It takes back AGENCY-20260301-1.')
  })

  it.each([
    ['reverse', 'AGENCY-20260309-1', 'has no journal "AGENCY-20260309-1"'],
    ['replace', 'AGENCY-20260301-1', 'is in force: only a reversed journal can be replaced'],
  ])('%s of %s is refused with a sentence', async (kind, document, sentence) => {
    const run = await folderWithBooks()
    await run(...approve, '2026-03-31')
    const ran = await run('journals', kind, document, ...ANN)
    expect(ran).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(sentence) })
  })

  it('want a name and a reason', async () => {
    const run = await folderWithBooks()
    await run(...approve, '2026-03-31')
    const ran = await run('journals', 'reverse', 'AGENCY-20260301-1', '--by', 'Ann', '--why', '  ')
    expect(ran).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('A decision needs a name and a reason') })
  })
})
