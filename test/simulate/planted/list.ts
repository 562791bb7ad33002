/** All bugs that can be planted, by the part of the program they are in. */
import { ACROSS } from './across.ts'
import { OF_COMPANIES } from './companies.ts'
import { OF_DATABASES } from './databases.ts'
import { OF_THE_DESK } from './desk.ts'
import { OF_JOURNALS } from './journals.ts'
import { OF_MONEY } from './money.ts'
import { OF_PANELS } from './panel.ts'
import { OF_PEOPLE } from './people.ts'
import type { Planted } from './planted.ts'

export const ALL_PLANTED: readonly Planted[] = [
  ...ACROSS,
  ...OF_COMPANIES,
  ...OF_DATABASES,
  ...OF_JOURNALS,
  ...OF_MONEY,
  ...OF_PANELS,
  ...OF_PEOPLE,
  ...OF_THE_DESK,
]
