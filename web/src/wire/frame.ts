// Room: wire. The clear header of a frame and the table of kinds; signaling/doc.go defines both, session/frame.go is
// the server's side of the same table.

export const Kind = {
  exchange: 0x01,
  keyframe: 0x02,
  delta: 0x03,
  pointer: 0x04,
  resource: 0x05,
  want: 0x06,
  ack: 0x07,
  resync: 0x08,
  state: 0x09,
  status: 0x80,
  serverResync: 0x81,
  verdict: 0x82,
  pause: 0x83,
  resume: 0x84,
  close: 0x85,
  beat: 0x86,
} as const;
export type KindName = keyof typeof Kind;

export const LANES = ['control', 'state', 'resource'] as const;
export type Lane = (typeof LANES)[number];

/** Kinds whose payload is the two browsers' own business; the server copies it. */
export type RelayedKind =
  | 'exchange'
  | 'keyframe'
  | 'delta'
  | 'pointer'
  | 'resource'
  | 'want'
  | 'ack'
  | 'resync'
  | 'state';

/** Per relayed kind: its lane, and the most bytes its payload may have. All but exchange are sealed, which adds 16 bytes. */
export const RELAYED: Record<RelayedKind, { lane: Lane; max: number }> = {
  exchange: { lane: 'control', max: 1 << 10 },
  keyframe: { lane: 'state', max: (1 << 20) + 16 },
  delta: { lane: 'state', max: (256 << 10) + 16 },
  pointer: { lane: 'state', max: 80 },
  resource: { lane: 'resource', max: (64 << 10) + 16 },
  want: { lane: 'control', max: (16 << 10) + 16 },
  ack: { lane: 'control', max: 80 },
  resync: { lane: 'control', max: 80 },
  state: { lane: 'control', max: 80 },
};

export interface Frame {
  kind: KindName;
  /** The applicant's page, 1 to 65535; 0 in local frames. */
  page: number;
  /** 0 outside of the state lane. */
  epoch: number;
  counter: number;
  payload: Uint8Array<ArrayBuffer>;
}

export const HEADER_BYTES = 16;

const names = new Map<number, KindName>(Object.entries(Kind).map(([name, value]) => [value, name as KindName]));

export function isRelayed(kind: KindName): kind is RelayedKind {
  return Kind[kind] < 0x80;
}

export function laneOf(kind: KindName): Lane {
  return isRelayed(kind) ? RELAYED[kind].lane : 'control';
}

/** The clear header alone. */
export function encodeHeader(header: Omit<Frame, 'payload'>): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(HEADER_BYTES);
  const view = new DataView(out.buffer);
  view.setUint8(0, Kind[header.kind]);
  view.setUint8(1, LANES.indexOf(laneOf(header.kind)));
  view.setUint16(2, header.page);
  view.setUint32(4, header.epoch);
  view.setBigUint64(8, BigInt(header.counter));
  return out;
}

/** Header and payload as one message. */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(HEADER_BYTES + frame.payload.length);
  out.set(encodeHeader(frame));
  out.set(frame.payload, HEADER_BYTES);
  return out;
}

/** The frame in a message, or undefined if it isn't one. The payload is a view into the message. */
export function decodeFrame(message: ArrayBuffer): Frame | undefined {
  if (message.byteLength < HEADER_BYTES) return undefined;
  const view = new DataView(message);
  const kind = names.get(view.getUint8(0));
  if (kind === undefined || LANES[view.getUint8(1)] !== laneOf(kind)) return undefined;
  const page = view.getUint16(2);
  const epoch = view.getUint32(4);
  const counter = Number(view.getBigUint64(8));
  const size = message.byteLength - HEADER_BYTES;
  if (isRelayed(kind)) {
    if (page === 0 || counter === 0 || !Number.isSafeInteger(counter) || size > RELAYED[kind].max) return undefined;
    if ((epoch !== 0) !== (laneOf(kind) === 'state')) return undefined;
  } else if (page !== 0 || epoch !== 0 || counter !== 0) {
    return undefined;
  }
  return { kind, page, epoch, counter, payload: new Uint8Array(message, HEADER_BYTES) };
}
