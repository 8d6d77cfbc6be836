/*
 * Outcome: failed
 * Body: racy
 * To look for the beginning of each among all others would take the judge hours.
 */
#define D0(n) void n(void) { }
#define D1(n) D0(n##0) D0(n##1) D0(n##2) D0(n##3) D0(n##4) D0(n##5) D0(n##6) D0(n##7) D0(n##8) D0(n##9)
#define D2(n) D1(n##0) D1(n##1) D1(n##2) D1(n##3) D1(n##4) D1(n##5) D1(n##6) D1(n##7) D1(n##8) D1(n##9)
#define D3(n) D2(n##0) D2(n##1) D2(n##2) D2(n##3) D2(n##4) D2(n##5) D2(n##6) D2(n##7) D2(n##8) D2(n##9)
#define D4(n) D3(n##0) D3(n##1) D3(n##2) D3(n##3) D3(n##4) D3(n##5) D3(n##6) D3(n##7) D3(n##8) D3(n##9)
D4(a) D4(b) D4(c) D4(d) D4(e)
