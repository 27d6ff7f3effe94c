// A product as a script: it finds the practice, makes tokens of its own, and sends requests to the address of a live run as a
// consumer sends them to Spine's proxy.
import { randomUUID } from 'node:crypto';

const PREFIX = 'urn:nhs:names:services:gpconnect:';
const coded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

export type Answer = { status: number; headers: Headers; body: any };
type Wish = { interaction: string; root: string; path: string; scope: string; method?: string; body?: unknown; ifMatch?: string };
/** What is made wrong on purpose. */
export type Fault = { headers?: Record<string, string | undefined>; claims?: Record<string, unknown>; method?: string; url?: (url: string) => string; body?: unknown };

export class Product {
  /** What was sent through the proxy and answered, as a browser would save it: entries of a HAR file. */
  readonly entries: any[] = [];

  constructor(private readonly address: string, private readonly version = '4.2') {}

  private async answered(response: Response): Promise<Answer> {
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
  }

  /** Step 1: which practice a patient has. */
  async trace(number: string, born: string): Promise<Answer> {
    return this.answered(await fetch(`${this.address}/pds?nhs-number=${number}&birth-date=${born}`));
  }

  /** Step 2: where its system is. */
  async find(ods: string, interaction: string): Promise<{ root: string; asid: string }> {
    const ask = async (filter: string) => this.answered(await fetch(`${this.address}/sds?base=${encodeURIComponent('ou=services, o=nhs')}&filter=${encodeURIComponent(filter)}`));
    const mhs = await ask(`(&(nhsIDCode=${ods})(objectClass=nhsMhs)(nhsMhsSvcIA=${PREFIX}${interaction}))`);
    const { nhsMhsEndPoint: root, nhsMhsPartyKey: key } = mhs.body.entries[0];
    const as = await ask(`(&(nhsIDCode=${ods})(objectClass=nhsAs)(nhsMHSPartyKey=${key}))`);
    return { root, asid: as.body.entries[0].uniqueIdentifier };
  }

  /** All of it as a HAR file. */
  har(): string {
    return JSON.stringify({ log: { version: '1.2', creator: { name: 'product', version: '1' }, entries: this.entries } });
  }

  /** Steps 3 to 6: through the proxy and back. */
  async send(wish: Wish, fault: Fault = {}): Promise<Answer> {
    const old = !wish.interaction.endsWith('-1');
    const id = (name: string) => `${old ? 'http://fhir.nhs.net/Id/' : 'https://fhir.nhs.uk/Id/'}${name}`;
    const now = Math.floor(Date.now() / 1000);
    const claims: Record<string, unknown> = {
      iss: 'https://consumer.example.nhs.uk/spine',
      sub: '77',
      aud: old ? 'https://authorize.fhir.nhs.net/token' : wish.root,
      iat: now,
      exp: now + 300,
      reason_for_request: 'directcare',
      requested_scope: wish.scope,
      requesting_device: { resourceType: 'Device', id: '1', identifier: [{ system: 'https://consumer.example.nhs.uk/device', value: 'ward-7' }], model: 'Ward View', version: this.version },
      requesting_organization: { resourceType: 'Organization', id: '1', name: 'Example Hospital', identifier: [{ system: id('ods-organization-code'), value: 'A99999' }] },
      requesting_practitioner: {
        resourceType: 'Practitioner',
        id: '77',
        name: old ? { family: ['Okafor'], given: ['Ngozi'] } : [{ family: 'Okafor', given: ['Ngozi'] }],
        identifier: [
          { system: id('sds-user-id'), value: 'UNK' },
          { system: id('sds-role-profile-id'), value: 'UNK' },
          { system: 'https://consumer.example.nhs.uk/user', value: 'nokafor' },
        ],
      },
      ...(old ? { requested_record: { resourceType: 'Patient', identifier: [{ system: id('nhs-number'), value: '9000000084' }] } } : {}),
      ...fault.claims,
    };
    const media = old ? 'application/json+fhir' : 'application/fhir+json';
    const headers: Record<string, string | undefined> = {
      'Ssp-TraceID': randomUUID(),
      'Ssp-From': '200000000359',
      'Ssp-To': '999999999999',
      'Ssp-InteractionID': PREFIX + wish.interaction,
      Authorization: `Bearer ${coded({ alg: 'none', typ: 'JWT' })}.${coded(claims)}.`,
      Accept: media,
      'Content-Type': wish.body ? media : undefined,
      'If-Match': wish.ifMatch,
      ...fault.headers,
    };
    const url = `${this.address}/${wish.root}${wish.path}`;
    const body = fault.body ?? wish.body;
    const method = fault.method ?? wish.method ?? (wish.body ? 'POST' : 'GET');
    const sent = Object.entries(headers).filter((pair): pair is [string, string] => pair[1] !== undefined);
    const text = method === 'GET' || !body ? undefined : JSON.stringify(body);
    const answer = await this.answered(await fetch(fault.url ? fault.url(url) : url, { method, headers: sent, body: text }));
    const pairs = (all: Iterable<[string, string]>) => [...all].map(([name, value]) => ({ name, value }));
    const postData = text === undefined ? {} : { postData: { mimeType: media, text } };
    this.entries.push({
      startedDateTime: new Date().toISOString(),
      time: 120,
      request: { method, url: url.replace(this.address, 'https://proxy.example.nhs.uk'), httpVersion: 'HTTP/1.1', headers: pairs(sent), queryString: [], cookies: [], ...postData },
      response: { status: answer.status, httpVersion: 'HTTP/1.1', headers: pairs(answer.headers), cookies: [], content: { mimeType: media, text: JSON.stringify(answer.body) } },
    });
    return answer;
  }
}

const number = (old: boolean, value = '9000000084') => ({
  name: 'patientNHSNumber',
  valueIdentifier: { system: old ? 'http://fhir.nhs.net/Id/nhs-number' : 'https://fhir.nhs.uk/Id/nhs-number', value },
});

export const STRUCTURED = 'fhir:operation:gpc.getstructuredrecord-1';
export const structured = (root: string, value?: string): Wish => ({
  interaction: STRUCTURED,
  root,
  path: '/Patient/$gpc.getstructuredrecord',
  scope: 'patient/*.read conf/N',
  body: { resourceType: 'Parameters', parameter: [number(false, value), { name: 'includeAllergies', part: [{ name: 'includeResolvedAllergies', valueBoolean: false }] }] },
});

export const HTML = 'fhir:operation:gpc.getcarerecord';
export const section = (root: string): Wish => ({
  interaction: HTML,
  root,
  path: '/Patient/$gpc.getcarerecord',
  scope: 'patient/*.read',
  body: {
    resourceType: 'Parameters',
    parameter: [number(true), { name: 'recordSection', valueCodeableConcept: { coding: [{ system: 'http://fhir.nhs.net/ValueSet/gpconnect-record-section-1', code: 'ALL' }] } }],
  },
});

const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
export const SLOTS = 'fhir:rest:search:slot-1';
export const slots = (root: string): Wish => ({
  interaction: SLOTS,
  root,
  path: `/Slot?start=ge${day(1)}&end=le${day(8)}&status=free&_include=Slot:schedule`,
  scope: 'organization/*.read',
});

export const booking = (root: string, slot: { id: string; start: string; end: string }): Wish => ({
  interaction: 'fhir:rest:create:appointment-1',
  root,
  path: '/Appointment',
  scope: 'patient/*.write',
  body: {
    resourceType: 'Appointment',
    contained: [
      {
        resourceType: 'Organization',
        id: '1',
        name: 'Example Hospital',
        identifier: [{ system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'A99999' }],
        telecom: [{ system: 'phone', value: '0300 111 1111' }],
      },
    ],
    extension: [{ url: 'https://fhir.nhs.uk/STU3/StructureDefinition/Extension-GPConnect-BookingOrganisation-1', valueReference: { reference: '#1' } }],
    status: 'booked',
    description: 'Review of medicines',
    start: slot.start,
    end: slot.end,
    created: new Date().toISOString(),
    slot: [{ reference: `Slot/${slot.id}` }],
    participant: [
      { actor: { reference: 'Patient/2' }, status: 'accepted' },
      { actor: { reference: 'Location/1' }, status: 'accepted' },
    ],
  },
});
