/** Bugs that can be planted into the program are still about texts that it has: what no longer stands there finds nothing. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PLANTED } from './planted/bugs.ts'
import { plantIn } from './planted/planted.ts'

const SRC = join(import.meta.dirname, '../../src')

describe('planted bugs', () => {
  it.each(PLANTED)('$name stands in one place and changes it', (planted) => {
    const source = readFileSync(join(SRC, planted.file), 'utf8')
    expect(plantIn(source, planted)).not.toBe(source)
  })

  it('have a name each', () => {
    expect(new Set(PLANTED.map(({ name }) => name)).size).toBe(PLANTED.length)
  })

  it('are refused where their text is not, or twice', () => {
    const planted = { name: 'none', file: 'a.ts', find: 'x', instead: 'y' } as const
    expect(plantIn('a x b', planted)).toBe('a y b')
    expect(() => plantIn('a b', planted)).toThrow('src/a.ts has 0 times: x')
    expect(() => plantIn('x x', planted)).toThrow('has 2 times')
  })
})
