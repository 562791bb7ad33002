/** The source a command speaks of: the one it names, or the only one of its type in the book. */
import type { PanelConfig, PayelancerConfig, SourceConfig } from '../config/model.ts'
import { didYouMean } from '../config/suggest.ts'
import { InputError } from '../domain/errors.ts'
import type { Session } from './session.ts'

export function choosePanel(session: Session, name: string | undefined): PanelConfig {
  return choose(session, name, 'panel', (source): source is PanelConfig => source.type === 'panel')
}

export function choosePayelancer(session: Session, name: string | undefined): PayelancerConfig {
  const isAccount = (source: SourceConfig): source is PayelancerConfig => source.type === 'payelancer'
  return choose(session, name, 'Payelancer account', isAccount)
}

function choose<T extends SourceConfig>(
  session: Session,
  name: string | undefined,
  what: string,
  isOne: (source: SourceConfig) => source is T,
): T {
  const candidates = session.book().sources.filter(isOne)
  const names = candidates.map((each) => each.name)
  const found =
    name === undefined && candidates.length === 1 ? candidates[0] : candidates.find((each) => each.name === name)
  if (found !== undefined) return found
  const message = name === undefined ? `The book has ${names.length} ${what}s.` : `The book has no ${what} "${name}".`
  if (names.length === 0) throw new InputError('SOURCE_NEEDED', message, 'Add one to tieout.yaml.')
  const hint = `Name one with --source: ${names.join(', ')}.${name === undefined ? '' : didYouMean(name, names)}`
  throw new InputError('SOURCE_NEEDED', message, hint)
}
