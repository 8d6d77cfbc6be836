/* The rate of the euro, as the exchange sends it. */
#ifndef RATES_H
#define RATES_H

void rates_start(void);
long rates_to_crowns(long euros);

#endif
