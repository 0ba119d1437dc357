// The program that every header is linked into; there is nothing to run.
int main() {}
