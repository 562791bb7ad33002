import { describe, expect, it } from 'vitest'
import { observeAdFormats, observeCampaign, observeStats } from '../../../src/sources/payelancer/observe.ts'
import { landed } from '../support.ts'

function stats(role: string, fields: string): string {
  return `{"success":true,"role":${role},"stats":{${fields}}}`
}

describe('observeStats', () => {
  it('reads the document example', () => {
    expect(observeStats(landed(stats('"publisher"', '"impressions":1402,"clicks":52,"earnings":4.15')))).toEqual({
      kind: 'counter',
      role: 'publisher',
      impressions: 1402n,
      clicks: 52n,
      measure: 'earnings',
      amount: 415_000_000n,
      amountText: '4.15',
      decimals: 2,
      rounded: false,
    })
  })

  it.each([
    ['"impressions":0,"clicks":0,"spent":0', 0n],
    ['"impressions":"9007199254740993","clicks":"1","spent":"12.44"', 1_244_000_000n],
    ['"impressions":1,"clicks":1,"spent":138.26999999999998181010596454143524169921875', 13_827_000_000n],
    ['"impressions":1,"clicks":1,"spent":1e-7,"earnings":null', 10n],
  ])('reads an advertiser: %s', (fields, amount) => {
    expect(observeStats(landed(stats('"Advertiser"', fields)))).toMatchObject({
      kind: 'counter',
      role: 'advertiser',
      measure: 'spent',
      amount,
    })
  })

  it.each([
    [stats('"publisher"', '"impressions":1402,"clicks":52'), 'no earnings'],
    [stats('"publisher"', '"impressions":1402,"clicks":52,"spent":5'), 'no earnings'],
    [stats('"publisher"', '"impressions":1402,"clicks":52,"earnings":null'), 'no earnings'],
    [stats('"publisher"', '"impressions":1402,"clicks":52,"earnings":""'), 'no earnings'],
    [stats('"publisher"', '"impressions":1402,"clicks":52,"earnings":"NaN"'), 'cannot be read'],
    [stats('"publisher"', '"impressions":1402,"clicks":52,"earnings":-4.15'), 'negative'],
    [stats('"publisher"', '"impressions":null,"clicks":52,"earnings":4.15'), 'no impressions'],
    [stats('"publisher"', '"impressions":-1,"clicks":52,"earnings":4.15'), 'impressions is not a count'],
    [stats('"publisher"', '"impressions":1,"clicks":5.5,"earnings":4.15'), 'clicks is not a count'],
    [stats('"publisher"', '"impressions":1,"clicks":"","earnings":4.15'), 'no clicks'],
    [stats('"publisher"', '"impressions":1,"clicks":true,"earnings":4.15'), 'unexpected shape'],
    [stats('"admin"', '"impressions":1,"clicks":1,"earnings":4.15'), 'neither publisher nor advertiser'],
    [stats('null', '"impressions":1,"clicks":1,"earnings":4.15'), 'no role'],
    ['{"success":false,"message":"Account suspended"}', 'Account suspended'],
    ['{"success":true,"role":"publisher"}', 'no impressions'],
    ['{"success":true,"role":"publisher","stats":[]}', 'unexpected shape'],
    ['[]', 'unexpected shape'],
  ])('%s is a bad reading: %s', (body, reason) => {
    const observed = observeStats(landed(body))
    expect(observed.kind).toBe('bad')
    expect(observed.kind === 'bad' && observed.reason).toContain(reason)
  })

  it.each([
    ['{"success":false,"error":"Invalid API key"}', 401, 'unauthorized'],
    ['{"error":"API key required"}', 200, 'unauthorized'],
    ['{"error":"Database is down"}', 200, 'vendor-error'],
    ['', 429, 'rate-limited'],
    ['<html>', 200, 'html'],
    ['{"success":true,"stats":{"earnings":NaN}}', 200, 'not-json'],
    ['', 500, 'unavailable'],
  ])('%s with status %s is a bad body: %s', (body, httpStatus, code) => {
    expect(observeStats(landed(body, httpStatus))).toMatchObject({ kind: 'bad-body', code })
  })
})

describe('campaigns and formats', () => {
  it.each([
    ['{"success":true,"campaign_id":"982734A"}', { kind: 'created', campaignId: '982734A' }],
    ['{"success":true,"id":7}', { kind: 'created', campaignId: '7' }],
    ['{"success":true}', { kind: 'created', campaignId: null }],
  ])('%s', (body, expected) => {
    expect(observeCampaign(landed(body))).toEqual(expected)
  })

  it('says why a campaign was not created', () => {
    expect(observeCampaign(landed({ success: false, message: 'Insufficient balance' }))).toMatchObject({
      kind: 'refused',
      reason: 'Payelancer did not create the campaign: "Insufficient balance"',
    })
  })

  it.each([
    ['{"error":"Insufficient balance"}', 402, 'refused'],
    ['{"error":"Invalid API key"}', 401, 'refused'],
    ['{"error":"No advertiser"}', 403, 'refused'],
    ['{"success":false}', 200, 'refused'],
    ['{"success":false,"message":"Campaign already exists"}', 200, 'unknown'],
    ['{"error":"Duplicate campaign name"}', 409, 'unknown'],
    ['{}', 200, 'unknown'],
    ['[]', 200, 'unknown'],
    ['null', 200, 'unknown'],
    ['{"status":"success","campaign_id":"77"}', 200, 'unknown'],
    ['{"error":"Database is down"}', 200, 'unknown'],
    ['<html>Just a moment</html>', 200, 'unknown'],
    ['<html>Forbidden</html>', 403, 'unknown'],
    ['', 200, 'unknown'],
    ['{"success":', 200, 'unknown'],
    ['{"error":"Request Timeout"}', 408, 'unknown'],
    ['{"success":false}', 500, 'unknown'],
    ['', 504, 'unknown'],
    ['', 302, 'unknown'],
  ])('%s with status %s leaves a campaign %s', (body, httpStatus, kind) => {
    const observed = observeCampaign(landed(body, httpStatus))
    expect(observed).toMatchObject({ kind, reason: expect.not.stringContaining('next run') })
  })

  it('lists the ad formats', () => {
    const formats = [{ id: 'banner_300x250', name: 'Medium Rectangle', dimensions: '300x250' }, { id: 7 }]
    expect(observeAdFormats(landed({ success: true, formats }))).toEqual({
      kind: 'formats',
      rows: [formats[0], { id: '7', name: '', dimensions: '' }],
    })
  })
})
