/** What Loom uses of libsodium's own module, which comes without types: pointers and lengths, 64-bit lengths as two words. */
declare module 'libsodium' {
  type Encrypt = (
    ...pointers: [
      out: number,
      outLength: 0,
      text: number,
      textLength: number,
      textLengthHigh: 0,
      ad: number,
      adLength: number,
      adLengthHigh: 0,
      none: 0,
      nonce: number,
      key: number,
    ]
  ) => number;
  type Decrypt = (
    ...pointers: [
      out: number,
      outLength: 0,
      none: 0,
      sealed: number,
      sealedLength: number,
      sealedLengthHigh: 0,
      ad: number,
      adLength: number,
      adLengthHigh: 0,
      nonce: number,
      key: number,
    ]
  ) => number;

  export interface Sodium {
    /** Another array once the memory has grown. */
    readonly HEAPU8: Uint8Array;
    readonly _malloc: (bytes: number) => number;
    readonly _crypto_aead_chacha20poly1305_ietf_encrypt: Encrypt;
    readonly _crypto_aead_chacha20poly1305_ietf_decrypt: Decrypt;
    readonly _crypto_aead_xchacha20poly1305_ietf_encrypt: Encrypt;
    readonly _crypto_aead_xchacha20poly1305_ietf_decrypt: Decrypt;
    readonly _crypto_kdf_hkdf_sha256_extract: (
      prk: number,
      salt: number,
      saltLength: number,
      ikm: number,
      ikmLength: number,
    ) => number;
    readonly _crypto_kdf_hkdf_sha256_expand: (
      out: number,
      outLength: number,
      info: number,
      infoLength: number,
      prk: number,
    ) => number;
    readonly _crypto_kem_mlkem768_seed_keypair: (publicKey: number, secretKey: number, seed: number) => number;
    readonly _crypto_kem_mlkem768_enc_deterministic: (
      ciphertext: number,
      sharedSecret: number,
      publicKey: number,
      message: number,
    ) => number;
    readonly _crypto_kem_mlkem768_dec: (sharedSecret: number, ciphertext: number, secretKey: number) => number;
  }

  export default function load(): Promise<Sodium>;
}
