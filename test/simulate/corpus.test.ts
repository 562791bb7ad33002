/**
 * Runs that once found something, made small: they find nothing since. Each file says what it found; a plan is what
 * `npm run simulate -- --seed S --shrink` writes. With the name of a planted bug it is what finds that bug, and still does.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ALL_PLANTED } from './planted/list.ts'
import { runPlanText } from './pool.ts'

const FOLDER = join(import.meta.dirname, 'corpus')

interface Kept {
  /** In a sentence. */
  readonly found: string
  readonly planted?: string
  readonly plan: unknown
}

const KEPT = readdirSync(FOLDER).map((file) => ({
  file,
  kept: JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Kept,
}))

describe('a plan of the corpus', () => {
  it.each(KEPT)('$file finds nothing now', async ({ kept: { found, plan } }) => {
    expect(found).toMatch(/^[a-z].*[^.]$/)
    const { findings } = await runPlanText(JSON.stringify(plan))
    expect(findings).toEqual([])
  })

  it.each(KEPT.filter(({ kept }) => kept.planted !== undefined))(
    '$file finds the bug it is kept for',
    async ({ kept: { planted, plan } }) => {
      const bug = ALL_PLANTED.find(({ name }) => name === planted)
      expect(bug, planted).toBeDefined()
      if (bug === undefined) return
      expect((await runPlanText(JSON.stringify(plan), bug)).findings).not.toEqual([])
    },
  )
})
