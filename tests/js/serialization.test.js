'use strict';
// Values as bytes in V8's format: for files, for programs' own kinds of objects, for children that are another runtime.
const { test } = require('node:test');
const assert = require('assert');
const { spawn, spawnSync } = require('child_process');
const { once } = require('events');
const v8 = require('v8');

const circular = {};
circular.self = circular;
const shared = { is: 'one' };
const values = {
  numbers: [0, -0, 1.5, -7, 2 ** 31, NaN, Infinity], text: ['', 'plain', '\u00e4\u00f6', '\u20ac and more', 'x'.repeat(100000)], big: [0n, -1n, 2n ** 200n],
  nothing: [undefined, null], date: new Date(86400000), regexp: /a.b/gisu, boxes: [Object(1), Object('s'), Object(true), Object(3n)],
  map: new Map([[{ key: 1 }, new Set([1, 'two'])]]), sparse: Object.assign([], { 5: 'six' }), array: [1, [2, [3]]],
  views: [new Uint8Array([1, 2, 3]), new Float64Array([Math.PI]), new DataView(new ArrayBuffer(3)), new BigInt64Array([-5n]), Buffer.from('bytes')],
  error: new RangeError('out of it', { cause: shared }), same: [shared, shared], circular, __proto__: { ignored: true },
};

if (process.argv[2] === 'echo') {
  process.on('message', (message) => process.send(message));
} else {
  test('what v8.serialize wrote, v8.deserialize reads', () => {
    for (const [name, value] of Object.entries(values)) assert.deepStrictEqual(v8.deserialize(v8.serialize(value)), value, name);
    const { same } = v8.deserialize(v8.serialize(values));
    assert.strictEqual(same[0], same[1]);
  });

  test('the bytes are those that V8 writes and reads', () => {
    assert.strictEqual(v8.serialize({ foo: circular }).toString('hex'), 'ff0f6f2203666f6f6f220473656c665e017b017b01');
    const old = v8.deserialize(Buffer.from('ff0d6f2203666f6f5e007b01', 'hex'));
    assert.strictEqual(old.foo, old);
  });

  test('bytes that are cut off or nonsense are refused', () => {
    const good = v8.serialize(values);
    for (let length = 0; length < 200; length++) assert.throws(() => v8.deserialize(good.subarray(0, length)), Error);
    for (const hex of ['', '00', 'ff', 'ff0f', 'ff0f41ffffffff0f', 'ff0f5e00', 'ff0f5600', 'ff0f0100', 'ff0f5c00ff', 'ff0f6f6f7b007b00'])
      assert.throws(() => v8.deserialize(Buffer.from(hex, 'hex')), Error, hex);
  });

  test('bytes changed at random are read or refused, and never more than that', () => {
    let state = 12345;
    const random = (limit) => (state = Math.imul(state, 1103515245) + 12345 >>> 0) % limit;
    const { circular: _, ...plain } = values;
    const seeds = Object.values(plain).map((value) => v8.serialize(value)).filter((bytes) => bytes.length < 2000);
    seeds.push(v8.serialize(circular), Buffer.from('ff0f0100', 'hex'), Buffer.from('ff0f022203', 'hex'));
    for (let round = 0; round < 20000; round++) {
      const bytes = Buffer.from(seeds[round % seeds.length]);
      for (let changes = 1 + random(4); changes > 0; changes--) bytes[2 + random(bytes.length - 2)] = random(256);
      try {
        v8.deserialize(bytes);
      } catch (error) {
        assert.ok(error instanceof Error, `${bytes.toString('hex')} throws ${String(error)}`);
      }
    }
  });

  test('a serializer of the program writes objects that only it knows', () => {
    class Writer extends v8.DefaultSerializer {
      _writeHostObject(object) {
        this.writeUint32(300);
        this.writeUint64(1, 2);
        this.writeDouble(-0.25);
        this.writeRawBytes(Buffer.from(object.constructor.name));
      }
    }
    class Reader extends v8.DefaultDeserializer {
      _readHostObject() { return [this.readUint32(), this.readUint64(), this.readDouble(), this.readRawBytes(11).toString()]; }
    }
    const writer = new Writer();
    writer.writeHeader();
    const { port1 } = new MessageChannel();
    assert.strictEqual(writer.writeValue({ port1 }), true);
    const reader = new Reader(writer.releaseBuffer());
    reader.readHeader();
    assert.deepStrictEqual(reader.readValue(), { port1: [300, [1, 2], -0.25, 'MessagePort'] });
    assert.throws(() => v8.serialize(port1), /Unserializable host object/);
    assert.throws(() => v8.Serializer(), { code: 'ERR_CONSTRUCT_CALL_REQUIRED' });
    port1.close();
  });

  test('transferred buffers are named and given back by the reader', () => {
    const buffer = new ArrayBuffer(8);
    const writer = new v8.Serializer();
    writer.writeHeader();
    writer.transferArrayBuffer(7, buffer);
    writer.writeValue(buffer);
    const reader = new v8.Deserializer(writer.releaseBuffer());
    reader.transferArrayBuffer(7, buffer);
    reader.readHeader();
    assert.strictEqual(reader.readValue(), buffer);
  });

  const node = spawnSync('node', ['-p', 'process.execPath'], { encoding: 'utf8' }).stdout?.trim();
  for (const [who, execPath] of [['itself', process.execPath], ['node', node]]) {
    test(`messages in the advanced form reach ${who} and come back`, { skip: !execPath && 'no node here' }, async () => {
      const child = spawn(execPath, [__filename, 'echo'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], serialization: 'advanced' });
      for (const value of [...Object.values(values), 'text', 5, values.views]) {
        child.send(value);
        const [answer] = await once(child, 'message');
        assert.deepStrictEqual(answer, value);
      }
      child.disconnect();
      await once(child, 'exit');
    });
  }
}
