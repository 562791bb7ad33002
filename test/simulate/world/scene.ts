/** What a world is about: panels, money, companies, or one thing alone. */
import { createRandom } from '../../../src/sandbox/world/random.ts'
import { PANEL_FOCUSES } from './panel/focus.ts'
import type { PanelFocus } from './panel/plan.ts'
import type { Focus } from './payelancer/plan.ts'

export interface Scene {
  readonly hasPanels: boolean
  readonly hasMoney: boolean
  readonly hasCompanies: boolean
  /** What happens to payments in ways that are rare elsewhere. */
  readonly hasDesk: boolean
  /** What a world about a counter is about. */
  readonly focus?: Focus
  /** What its first panel is about. */
  readonly panelFocus?: PanelFocus
  /** Nothing happens that has to be asked about, and nobody is there to be asked. */
  readonly isPlain?: true
}

/** How many of the small worlds are about a bookkeeper's desk alone. */
const DESK = 0.08
/** How many are about one thing of a counter. */
const FOCUS = 0.1
const FOCUSES: readonly [Focus, ...Focus[]] = ['unusual', 'clock', 'month', 'after-payout']

/** How many are about one thing of a panel's refunds, and how many of the large ones have such a panel. */
const PANEL_FOCUS = 0.08
const PANEL_FOCUS_BESIDE = 0.15

/** How many are plain: half about a panel, half about money. */
const PLAIN = 0.04

/** Small worlds are about one thing most of the time: more of them fit into a minute, and what fails is easier to read. */
export function planScene(seed: number, lite: boolean): Scene {
  if (lite && createRandom(seed, 'scene', 'desk').chance(DESK))
    return { hasPanels: false, hasMoney: false, hasCompanies: false, hasDesk: true }
  const counter = createRandom(seed, 'scene', 'counter')
  if (lite && counter.chance(FOCUS))
    return { hasPanels: false, hasMoney: true, hasCompanies: false, hasDesk: false, focus: counter.pick(FOCUSES) }
  const plain = createRandom(seed, 'scene', 'plain')
  if (lite && plain.chance(PLAIN)) {
    const hasMoney = plain.chance(0.5)
    const about = { hasCompanies: false, hasDesk: false, isPlain: true } as const
    return hasMoney
      ? { hasPanels: false, hasMoney, focus: 'plain', ...about }
      : { hasPanels: true, hasMoney, panelFocus: 'plain', ...about }
  }
  const panel = createRandom(seed, 'scene', 'panel')
  const isOfPanel = panel.chance(lite ? PANEL_FOCUS : PANEL_FOCUS_BESIDE)
  const panelFocus = panel.pick(PANEL_FOCUSES)
  if (lite && isOfPanel) return { hasPanels: true, hasMoney: false, hasCompanies: false, hasDesk: false, panelFocus }
  const random = createRandom(seed, 'scene')
  const isWhole = random.chance(lite ? 0.05 : 0.5)
  const hasPanels = isWhole || random.chance(0.7)
  return {
    hasPanels,
    hasMoney: isWhole || !hasPanels,
    hasCompanies: random.chance(isWhole ? 0.6 : 0.27),
    hasDesk: false,
    ...(isOfPanel ? { panelFocus } : {}),
  }
}
