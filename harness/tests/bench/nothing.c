/* What a detector costs by itself: verify holds the exercises' runs against this. */
int main(void)
{
	return 0;
}
