/**
 * Bodies of webhooks as a person writes them: a text with places such as {{title}}. What is put in is escaped for the
 * body's type, so a title with a quote cannot break the JSON around it or add a field to a form.
 */

export const TEMPLATE_PLACES = [
  'event',
  'severity',
  'book',
  'rule',
  'object',
  'title',
  'detail',
  'text',
  'at',
  'id',
] as const
export type TemplatePlace = (typeof TEMPLATE_PLACES)[number]

const PLACE = /\{\{\s*([A-Za-z]*)\s*\}\}/g

export function fillTemplate(
  body: string,
  contentType: string,
  values: Readonly<Record<TemplatePlace, string>>,
): string {
  const escape = ESCAPES[contentType] ?? ((text: string) => text)
  return body.replace(PLACE, (_all, place: string) => (isPlace(place) ? escape(values[place]) : ''))
}

/** A sentence when the template cannot be used; null when it can. */
export function templateProblem(body: string, contentType: unknown): string | null {
  const unknown = [...body.matchAll(PLACE)].map(([, place = '']) => place).filter((place) => !isPlace(place))
  if (unknown.length > 0) {
    return `{{${unknown[0]}}} is not a place; there are ${TEMPLATE_PLACES.map((place) => `{{${place}}}`).join(', ')}`
  }
  if (contentType !== 'application/json') return null
  const sample = Object.fromEntries(TEMPLATE_PLACES.map((place) => [place, 'x'])) as Record<TemplatePlace, string>
  try {
    JSON.parse(fillTemplate(body, contentType, sample))
    return null
  } catch {
    return 'not JSON once filled in; put each {{place}} inside quotes, or set contentType'
  }
}

const ESCAPES: Readonly<Record<string, (text: string) => string>> = {
  'application/json': (text) => JSON.stringify(text).slice(1, -1),
  'application/x-www-form-urlencoded': (text) => encodeURIComponent(text),
}

function isPlace(text: string): text is TemplatePlace {
  return TEMPLATE_PLACES.some((place) => place === text)
}
