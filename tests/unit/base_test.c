#include "base/bytes.h"
#include "base/list.h"
#include "base/map.h"
#include "unit.h"

static void bytes_grow_and_stay_terminated(void **state) {
    (void)state;
    Bytes b = {0};
    for (int i = 0; i < 1000; i++)
        bytes_printf(&b, "%d,", i);
    assert_int_equal(b.len, strlen(b.data));
    bytes_consume(&b, 2);
    assert_memory_equal(b.data, "1,2,", 4);
    bytes_consume(&b, b.len + 7);
    assert_int_equal(b.len, 0);
    bytes_free(&b);
}

static void map_finds_what_was_set_and_forgets_what_was_removed(void **state) {
    (void)state;
    Map map = {0};
    char key[16];
    for (long i = 0; i < 5000; i++) {
        snprintf(key, sizeof key, "k%ld", i);
        assert_null(map_set(&map, key, (void *)(i + 1)));
    }
    for (long i = 0; i < 5000; i += 2) {
        snprintf(key, sizeof key, "k%ld", i);
        assert_ptr_equal(map_remove(&map, key), (void *)(i + 1));
    }
    assert_int_equal(map.count, 2500);
    for (long i = 0; i < 5000; i++) {
        snprintf(key, sizeof key, "k%ld", i);
        assert_ptr_equal(map_get(&map, key), (void *)(i % 2 ? i + 1 : 0));
    }
    for (long i = 0; i < 100000; i++) { /* churn does not fill the slots with the dead */
        snprintf(key, sizeof key, "c%ld", i);
        map_set(&map, key, &map);
        map_remove(&map, key);
    }
    assert_true(map.slot_count < 100000);
    map_free(&map);
}

static void list_keeps_order_and_lets_elements_leave_while_walked(void **state) {
    (void)state;
    struct Item {
        int n;
        Link link;
    } items[5];
    List list;
    list_init(&list);
    for (int i = 0; i < 5; i++) {
        items[i].n = i;
        list_append(&list, &items[i].link);
    }
    LIST_EACH(&list, struct Item, link, item) {
        if (item->n % 2) link_remove(&item->link);
    }
    int sum = 0;
    LIST_EACH(&list, struct Item, link, item) sum = sum * 10 + item->n;
    assert_int_equal(sum, 24);
    int seen = 0;
    LIST_EACH(&list, struct Item, link, item) {
        seen++;
        break;
    }
    assert_int_equal(seen, 1);
}

UNIT_TESTS(cmocka_unit_test(bytes_grow_and_stay_terminated),
           cmocka_unit_test(map_finds_what_was_set_and_forgets_what_was_removed),
           cmocka_unit_test(list_keeps_order_and_lets_elements_leave_while_walked))
