// Opens each vector of vectors.json and seals it again, with Node's own crypto; prints how many agree.
import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";

const bytes = (hex) => Buffer.from(hex, "hex");

// HKDF-Expand alone, in one block: T(1) = HMAC(key, info || 0x01).
const derive = (key, use, length) =>
  createHmac("sha256", key).update(`autotask-bot/${use}`).update("\x01").digest().subarray(0, length);

const context = (purpose, bound) => {
  const parts = ["autotask-bot", purpose, ...Object.keys(bound).sort().flatMap((name) => [name, bound[name]])];
  return Buffer.concat(
    parts.map((part) => Buffer.from(part)).flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, part];
    }),
  );
};

const agrees = ({ key, plain, purpose, bound, sealed }) => {
  const blob = bytes(sealed);
  const header = blob.subarray(0, 29);
  const [nonce, body, tag] = [blob.subarray(17, 29), blob.subarray(29, -16), blob.subarray(-16)];
  const id = derive(bytes(key), "id/1", 16);
  const cipherKey = derive(bytes(key), "aes-256-gcm/1", 32);
  const authenticated = Buffer.concat([header, context(purpose, bound)]);

  const opening = createDecipheriv("aes-256-gcm", cipherKey, nonce).setAAD(authenticated).setAuthTag(tag);
  const opened = Buffer.concat([opening.update(body), opening.final()]);
  const sealing = createCipheriv("aes-256-gcm", cipherKey, nonce).setAAD(authenticated);
  const again = Buffer.concat([header, sealing.update(bytes(plain)), sealing.final(), sealing.getAuthTag()]);
  return blob[0] === 1 && blob.subarray(1, 17).equals(id) && opened.equals(bytes(plain)) && again.equals(blob);
};

console.log(JSON.parse(readFileSync(process.argv[2], "utf8")).filter(agrees).length);
