/** All bugs that can be planted, by the part of the program they are in. */
import { ACROSS } from './across.ts'
import { OF_COMPANIES } from './companies.ts'
import { OF_MONEY } from './money.ts'
import { OF_PEOPLE } from './people.ts'
import type { Planted } from './planted.ts'

export const ALL_PLANTED: readonly Planted[] = [...ACROSS, ...OF_COMPANIES, ...OF_MONEY, ...OF_PEOPLE]
