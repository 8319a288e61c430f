// Nanoseconds of CPU time of what database clients do with Buffers: short texts and small copies. Prints NAME NUMBER.
const uuid = '0b3a5f7e-1234-4cde-9876-aabbccddeeff';
const bytes = Buffer.alloc(1024, uuid), target = Buffer.alloc(100);
const parts = [Buffer.from('a'), Buffer.from('select 1'), Buffer.from('\0'), Buffer.from('end')];
const jobs = {
  alloc_unsafe_64: () => Buffer.allocUnsafe(64).length,
  alloc_unsafe_5000: () => Buffer.allocUnsafe(5000).length,
  byte_length_36: () => Buffer.byteLength(uuid),
  write_36: () => bytes.write(uuid, 3),
  from_36: () => Buffer.from(uuid).length,
  to_string_9: (i) => bytes.toString('utf8', i & 7, 9 + (i & 7)).length,
  to_string_36: (i) => bytes.toString('utf8', i & 7, 36 + (i & 7)).length,
  read_int32: (i) => bytes.readInt32BE(i & 63),
  concat_4: () => Buffer.concat(parts).length,
  copy_40: () => bytes.copy(target, 0, 0, 40),
  subarray: (i) => bytes.subarray(i & 63, 200).length,
};
const count = 200000;
let sum = 0;
for (const name of Object.keys(jobs)) {
  let least = Infinity;
  for (let round = 0; round < 5; round++) {
    const before = process.cpuUsage();
    for (let i = 0; i < count; i++) sum += jobs[name](i);
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, user + system);
  }
  console.log(name, (least * 1000 / count).toFixed(1));
}
if (sum === 0) throw new Error('nothing was done');
