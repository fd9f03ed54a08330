/** The text of a module with all that it imports, to make a worker of: see frontend/build.ts. */
declare module "*?worker" {
  const text: string;
  export default text;
}
