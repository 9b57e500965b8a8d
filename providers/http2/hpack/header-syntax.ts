const name = /^:?[!#$%&'*+\-.^_`|~0-9a-z]+$/;
/** As RFC 9110 §5.5 has it, and nghttp2 looks: a server would reset the stream, and nobody would know why. */
const forbiddenInValue = /[^\t\x20-\x7e\x80-\xff]/;

/** RFC 9113 §8.2.1. The name is not told where it is none: it may be a value that came to the wrong place. */
export function checkName(text: string, place: number): void {
  if (!name.test(text)) throw new TypeError(`headers[${place}] is no header name in lower case`);
}

/** RFC 9113 §8.2.1; values are secrets, so none is told. */
export function checkValue(name: string, value: string): void {
  if (forbiddenInValue.test(value)) throw new TypeError(`The value of header ${name} holds a character that no header may hold`);
}
