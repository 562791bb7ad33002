/** Bugs that can be planted into the program are still about texts that it has: what no longer stands there finds nothing. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ALL_PLANTED } from './planted/list.ts'
import { PLANTED_KINDS, plantIn } from './planted/planted.ts'

const SRC = join(import.meta.dirname, '../../src')

describe('planted bugs', () => {
  it.each(ALL_PLANTED)('$name stands in one place and changes it', (planted) => {
    const source = readFileSync(join(SRC, planted.file), 'utf8')
    expect(plantIn(source, planted)).not.toBe(source)
  })

  it('are of every kind, two or more, each under a name of its own', () => {
    for (const kind of PLANTED_KINDS)
      expect(ALL_PLANTED.filter((each) => each.kind === kind).length, kind).toBeGreaterThan(1)
    expect(new Set(ALL_PLANTED.map(({ name }) => name)).size).toBe(ALL_PLANTED.length)
  })

  it('are refused where their text is not, or twice', () => {
    const planted = { name: 'none', kind: 'sign', file: 'a.ts', find: 'x', instead: 'y' } as const
    expect(plantIn('a x b', planted)).toBe('a y b')
    expect(() => plantIn('a b', planted)).toThrow('src/a.ts has 0 times: x')
    expect(() => plantIn('x x', planted)).toThrow('has 2 times')
  })
})
