// One click away from the empty page: notes as people write them, of an interview that never happened.

export const EXAMPLE = `Meridian Freight - staff engineer - interview today 10am
Met Priya Raman (VP Engineering) and Tom Okafor (routing lead). I'm Sam Keller.

- Priya: they are moving off the monolith, 3 of 11 services carved out so far
- Priya said on-call is one week in six and they page on customer impact only
- Tom showed the routing simulator, it replays a whole day of trips in 4 minutes
- I talked about the queue migration I led, no lost messages in 14 months
- fumbled the question on schema versioning, wanted to mention the contract tests we ran between teams
- Tom's dog walked through the call
- they asked about salary, said 95k, felt awkward
- Priya said they decide by end of next week
`;
