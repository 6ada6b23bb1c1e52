fat_tree { k = 3 }
