figure "lader"
